"""Names as list files write them: several in one cell, variants in brackets, two scripts side by side.

Fixed order of the steps for one cell:

1. the cell is cut at its separators, outside brackets and quotes, and at labels such as `(a)`;
2. words about the person (`born 1.1.1960`, `Date of birth`, `Passport`) end a name: the rest is left over;
3. `a.k.a.` outside brackets begins another name;
4. a bracket is read by what is in it: another script (`(Артём ...)`), `a.k.a.`, `born NAME`, or a variant
   of the word before it (`Alexander (Alexandr) Petrovich`): a name of its own, with that word replaced;
   a remark (`(formerly listed as)`) is left over;
5. `X / Y` are two names, or two spellings of one word.

The text of a name is never rewritten beyond that; a cell that was taken apart is kept whole in the
entry's note. Which names are comparable, and how, is not asked here (`matcher.text`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from matcher.text.scripts import script_of

PRIMARY, ALIAS, WEAK_ALIAS, ORIGINAL_SCRIPT = "primary", "alias", "weak_alias", "original_script"
LONGEST_NAME = 1_000  # characters; a longer text is no name, and is left over
LONGEST_CELL = 20_000  # characters; a longer cell is left over as a whole
MAX_BRACKETS = 50  # of one segment; with more it is no name, and is left over

_SPACES = re.compile(r"[^\S\n]+")
_QUOTES = "\"'“”‘’«»„"
_LABEL = re.compile(r"(?:^|(?<=[\s,;.\"]))\(?(?:[a-z]|i{1,3}|iv)\)(?=\s|$)")
_ABOUT = re.compile(
    r"[\s.,;:(-]{0,4}\b(?:date of birth|d\.?o\.?b\b|place of birth|p\.?o\.?b\b|passport|nationality|title|designation"
    r"|born\s+(?:\d|on\s|in\s|c\.|circa)|born\s+[A-Z][a-z]+\s\d)",
    re.I,
)
_AKA = re.compile(
    r"[\s,(]{0,4}\b(?:a\.?k\.?a\.?|f\.?k\.?a\.?|alias|also known as|formerly known as|known as)(?![^\W\d_])[\s:]*",
    re.I,
)
_SPELT = re.compile(
    r"(?:in\s+)?(?:the\s+)?(?:original script|original spelling"
    r"|(?:russian|ukrainian|belarus(?:s)?ian|arabic|persian|farsi|cyrillic)(?:\s+(?:spelling|script))?)\s*:\s*",
    re.I,
)
_BORN = re.compile(r"\s*[-–,]?\s*(?:\bborn\b|\bnée\b|\bné\b|\bnee\b)\s+", re.I)
_COMMA = re.compile(r"\s*[,،]\s*")
_OR = re.compile(r"\s+or\s+|\s*[,;]\s*")
_NUMBER = re.compile(r"\d{4}")
_WORD = re.compile(r"[^\W\d_][\w'’‘ʼ`.\-]*")


class CellNames(NamedTuple):
    """What a cell of names gave.

    Attributes:
        names: Each once, in the order of the text.
        left: Text that is no name, "" if none.
        is_rewritten: Whether brackets, slashes or `a.k.a.` were taken apart, so that the cell itself
            should be kept beside the names.
    """

    names: list[str]
    left: str
    is_rewritten: bool


def read_names(cell: str, separators: Sequence[str] = (";",)) -> CellNames:
    """Read every name of a cell.

    Args:
        cell: The cell as listed; may be empty.
        separators: Texts that stand between two names. A line end always does.

    Examples:
        >>> read_names("Alexander (Alexandr) LUKA; Олег ИВАНОВ").names
        ['Alexander LUKA', 'Alexandr LUKA', 'Олег ИВАНОВ']
        >>> read_names("Nina OKHOTA (Нина ОХОТА) a.k.a. 'Nana'").names
        ['Nina OKHOTA', 'Нина ОХОТА', 'Nana']
        >>> read_names("Abu Hafs (formerly listed as)").left
        'formerly listed as'
    """
    if len(cell) > LONGEST_CELL:
        return CellNames([], cell, False)
    cell = _SPACES.sub(" ", cell.replace("\0", ""))  # so that no rule meets a long run of spaces
    reading = _Reading()
    for segment in split_outside_brackets(cell, separators):
        reading.segment(segment)
    return CellNames(list(dict.fromkeys(reading.names)), "; ".join(reading.left), reading.is_rewritten)


def split_outside_brackets(cell: str, separators: Sequence[str]) -> list[str]:
    """Cut a cell at separators and line ends that stand outside brackets and double quotes.

    An unclosed bracket or quote protects nothing: the cell is then cut at every separator.

    Examples:
        >>> split_outside_brackets('A (b; c); "d; e"', [";"])
        ['A (b; c)', 'd; e']
    """
    marks = sorted({"\n", *filter(None, separators)}, key=len, reverse=True)
    token = re.compile("|".join(map(re.escape, marks)) + r'|[()"]')
    parts, start, depth, is_quoted = [], 0, 0, False
    for found in token.finditer(cell):
        mark = found[0]
        if mark == '"' and mark not in marks:
            is_quoted = not is_quoted
        elif mark in "()" and mark not in marks:
            depth = max(0, depth + (1 if mark == "(" else -1))
        elif not depth and not is_quoted:
            parts.append(cell[start : found.start()])
            start = found.end()
    parts.append(cell[start:])
    if depth or is_quoted:
        parts = re.split("|".join(map(re.escape, marks)), cell)
    return [part for part in (_outer(part) for part in parts) if part]


def split_at_labels(text: str) -> list[str]:
    """Cut a text at labels such as `(a)`, `b)` or `(ii)` that stand outside brackets.

    Examples:
        >>> split_at_labels("(a) German, b) Moroccan"), split_at_labels("Aru (Ivo b) BEN")
        (['', ' German, ', ' Moroccan'], ['Aru (Ivo b) BEN'])
    """
    parts, start, depth, seen = [], 0, 0, 0
    for found in _LABEL.finditer(text):
        depth += text.count("(", seen, found.start()) - text.count(")", seen, found.start())
        seen = found.start()
        if depth <= 0:
            parts.append(text[start : found.start()])
            start = seen = found.end()
    return [*parts, text[start:]]


def is_latin(text: str) -> bool:
    """Tell whether most letters of a text are Latin; true for one without letters.

    Examples:
        >>> is_latin("Łukasz"), is_latin("Лукаш"), is_latin("14K")
        (True, False, True)
    """
    letters = [letter for letter in text if letter.isalpha()]
    return 2 * sum(_is_latin_letter(letter) for letter in letters) >= len(letters)


def name_row(text: str, kind: str, quality: str | None = None) -> dict[str, Any]:
    """Make one row of `matcher.schema.LISTED_NAME`; an alias in another script says so by its kind."""
    if kind == ALIAS and not is_latin(text):
        kind = ORIGINAL_SCRIPT
    return {"text": text, "kind": kind, "quality": quality or None}


@functools.lru_cache(maxsize=4096)
def _is_latin_letter(letter: str) -> bool:
    return script_of(letter) == "latin"


def _outer(text: str) -> str:
    """Strip white space, and quotes or punctuation that enclose or end a whole name."""
    text = text.strip(" \t\r\n,;")
    text = re.sub(r"\s[-–]$|^[-–]\s", "", text)
    while len(text) > 1 and text[0] in _QUOTES and text[-1] in _QUOTES:
        text = text[1:-1].strip()
    return text.strip('"“”«»„ ') if text.count('"') == 1 else text


class _Reading:
    """Names and leftovers of one cell while its segments are read."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.left: list[str] = []
        self.is_rewritten = False

    def segment(self, text: str) -> None:
        labelled = split_at_labels(text)
        if len(labelled) > 1:
            self.is_rewritten = True
        for part in filter(None, map(_outer, labelled)):
            if about := _ABOUT.search(part):
                self.remark(part[about.start() :])
                part = part[: about.start()]
            self.name(part)

    def remark(self, text: str) -> None:
        text = text.strip(" \t\r\n.,;:()-–")
        self.is_rewritten = True
        if text:
            self.left.append(text)

    def add(self, text: str) -> None:
        text = " ".join(_outer(text).split())
        if len(text) > LONGEST_NAME or _NUMBER.search(text):
            self.left.append(text)
        elif any(letter.isalpha() for letter in text):
            self.names.append(text)
        elif text:
            self.left.append(text)

    def name(self, text: str) -> None:
        """Read one segment: names joined by `a.k.a.`, each with its brackets."""
        outside, brackets = _cut_brackets(text)
        if len(brackets) > MAX_BRACKETS:
            self.remark(text)
            return
        pieces = _AKA.split(outside)
        self.is_rewritten |= len(pieces) > 1 or bool(brackets)
        if not brackets:
            for piece in filter(None, map(str.strip, pieces)):
                self.by_script(piece)
            return
        start = 0
        for piece in pieces:
            inner = [bracket for mark, bracket in enumerate(brackets) if _mark(mark) in piece]
            self.bracketed(piece, dict(zip(map(_mark, range(start, start + len(inner))), inner, strict=True)))
            start += len(inner)

    def bracketed(self, text: str, brackets: dict[str, str]) -> None:
        """Read a name with brackets: the name itself first, then what each bracket adds."""
        base: list[str] = []  # words of the name so far
        added: list[str] = []
        variants: list[tuple[int, str]] = []  # index of the word replaced, its variant
        for part in re.split(r"(\0\d+\0)", text):
            if part not in brackets:
                words = part.split()
                if base and added and len(words) >= 2 and is_latin(" ".join(base)) and not is_latin(added[-1]):
                    self.finish(base, variants, added)  # "A B (А Б) C D (Ц Д)": the next name begins
                    base, variants, added = [], [], []
                base += words
                continue
            is_last = not text.rpartition(part)[2].strip()
            self.bracket(brackets[part].strip(), base, is_last, variants, added)
        self.finish(base, variants, added)

    def bracket(
        self, inner: str, base: list[str], is_last: bool, variants: list[tuple[int, str]], added: list[str]
    ) -> None:
        """Sort what one bracket holds into variants of the word before it, names, and remarks."""
        if (spelt := _SPELT.search(inner)) or (spelt := _AKA.match(inner)):
            if spelt.start():
                self.remark(inner[: spelt.start()])
            inner = inner[spelt.end() :]
        born = _BORN.match(inner)
        inner = _outer(inner[born.end() :] if born else inner)
        pieces = [_outer(piece) for piece in _OR.split(inner) if _outer(piece)]
        other_script = not base or is_latin(" ".join(base)) != is_latin(inner)
        are_words = all(" " not in piece for piece in pieces)
        are_names = all(" " in piece for piece in pieces) and any(_shares_word(piece, base) for piece in pieces)
        for piece in pieces if spelt or other_script or are_words or are_names else [inner]:
            if any(letter.isdigit() or letter in "()" for letter in piece) or not _WORD.match(piece):
                self.remark(piece)
            elif other_script or are_names or (spelt and is_last and " " in piece):
                added.append(piece)
            elif spelt or born or (" " not in piece and piece[0].isupper()):
                variants.append((len(base) - 1, piece))
            else:
                self.remark(piece)

    def finish(self, base: list[str], variants: list[tuple[int, str]], added: list[str]) -> None:
        if base:
            self.by_script(" ".join(base))
        for place, variant in variants:
            self.add(" ".join([*base[:place], variant, *base[place + 1 :]]))
        for name in added:
            self.by_script(name)

    def by_script(self, text: str) -> None:
        """Add a name, cut where Latin words meet two or more words of another script; then slashes."""
        words = text.split()
        latin = [is_latin(word) or not _WORD.match(word) for word in words]
        turn = next((place for place in range(1, len(words)) if latin[place] != latin[0]), len(words))
        is_clean_turn = len(set(latin[turn:])) == 1 and len(words) - turn >= 2
        if is_clean_turn:
            self.is_rewritten = True
            for run in (" ".join(words[:turn]), " ".join(words[turn:])):
                parts = _COMMA.split(run.strip(" -–,"))
                for part in [run.strip(" -–,")] if is_latin(run) or " " not in parts[0] else parts:
                    self.slashes(part)
        else:
            self.slashes(text)

    def slashes(self, text: str) -> None:
        maiden = _BORN.search(text)
        if maiden and len(text[maiden.end() :].split()) == 1 and len(text[: maiden.start()].split()) > 1:
            self.is_rewritten = True
            before = text[: maiden.start()]
            self.slashes(before)
            self.add(" ".join([*before.split()[:-1], text[maiden.end() :]]))
            return
        left, slash, right = text.partition("/")
        one, two = left.split(), right.split()
        if not slash or not one or not two or "/" in right:
            self.add(text)
            return
        self.is_rewritten = True
        if len(one) == 1 and len(two) > 1:
            one = [*one, *two[1:]]
        elif len(two) == 1 and len(one) > 1:
            two = [*one[:-1], *two]
        self.add(" ".join(one))
        self.add(" ".join(two))


def _mark(place: int) -> str:
    return f"\0{place}\0"


def _cut_brackets(text: str) -> tuple[str, list[str]]:
    """Replace each outermost bracket by a mark; one that is never closed goes on to the end."""
    outside: list[str] = []
    brackets: list[str] = []
    depth = start = last = 0
    for found in re.finditer(r"[()]|$", text):
        if found[0] == "(":
            start = found.start() if depth == 0 else start
            depth += 1
        elif depth:
            depth = 0 if found[0] == "" else depth - 1
            if depth == 0:
                outside += [text[last:start], f" {_mark(len(brackets))} "]
                brackets.append(text[start + 1 : found.start()])
                last = found.end()
    outside.append(text[last:])
    return "".join(outside).replace(")", " "), brackets


def _shares_word(piece: str, base: list[str]) -> bool:
    known = {word.casefold() for word in base}
    return any(word.casefold() in known for word in piece.split())
