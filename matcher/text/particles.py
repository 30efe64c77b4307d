"""Particles and fused forms: words to tokens (`abd` + `al` + X is one token, `bin` is none).

Fixed order, left to right, the same on both scripts: abd+X -> abu+X -> article dropped -> X+al-din -> X+allah ->
descent words dropped -> glued forms (`abdelkader`, `saifuddin`, `alkhouri`) brought to the canonical one -> titles
dropped. A rule that would leave no token is not applied. `abd` and `abu` are never dropped (domain facts 2.1).
Canonical forms: `abdal`+X, `abu`+X, X+`aldin`, X+`allah`.
"""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources

from matcher.text.translit import arabic, romanise

ABD, ABU, DIN, ALLAH = "abdal", "abu", "aldin", "allah"
_ARABIC = {ABD: "عبدال", ABU: "ابو", DIN: "الدين", ALLAH: "الله"}
_GLUED_ABD = re.compile(r"abd(?:al|el|ul|il|ol|oul|ool|ur|ar|er|or|us|as|es|un|an|en|ad|ed|ud|az|ez|u|e)(?=.{4})(.+)")
_GLUED_DIN = re.compile(r"(.{3,}?)(?:al|el|ul|u|e|i|a|o)(?:ld|dd|d)(?:in|een|ine)")
_GLUED_ALLAH = re.compile(r"(.{3,}?)(?:allah|ullah|ollah|oullah|ulla|olla)")
_GLUED_ARTICLE = re.compile(r"(?:al|el)(?=[^aeiou]).{4,}")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name: its romanised form, its script, the text that it was written as and its own letters."""

    form: str
    script: str
    original: str
    letters: str


@functools.cache
def _table() -> dict[str, dict[str, frozenset[str]]]:
    text = resources.files("matcher.text").joinpath("tables/particles.toml").read_text("utf-8")
    data = tomllib.loads(text)
    return {script: {kind: frozenset(words) for kind, words in data[script].items()} for script in ("latin", "arabic")}


@functools.cache
def _kinds(key: str, script: str) -> frozenset[str]:
    table = _table()["arabic" if script == "arabic" else "latin"]
    return frozenset(kind for kind, words in table.items() if key in words)


def kinds_of(word: Word) -> frozenset[str]:
    """Name the particle kinds that a word can be; empty for an ordinary word."""
    return _kinds(arabic.fold(word.original) if word.script == "arabic" else word.form, word.script)


def join(words: list[Word]) -> list[Word]:
    """Join fused forms and drop particles; see the module for the order.

    Examples:
        >>> words = [Word(form, "latin", form, form) for form in ("saif", "al", "din", "bin", "abd", "al", "rahman")]
        >>> [word.form for word in join(words)]
        ['saifaldin', 'abdalrahman']
    """
    tokens: list[Word] = []
    at = 0
    while at < len(words):
        at = _take(words, at, tokens)
    tokens = [_canonical(token) for token in tokens]
    plain = [token for token in tokens if "title" not in kinds_of(token)]
    return plain if len(plain) >= 2 else tokens


def _take(words: list[Word], at: int, tokens: list[Word]) -> int:
    """Read one token that begins at `at`, append it (or not), return where the next begins."""
    word, kinds = words[at], kinds_of(words[at])
    rest = len(words) - at - 1
    after = at + 1
    if rest and kinds & {"servant", "father"}:
        if rest > 1 and _is_article(words, after):
            after += 1
        tokens.append(_fuse(ABD if "servant" in kinds else ABU, words[at : after + 1]))
        return after + 1
    if rest and _is_article(words, at):
        if tokens and kinds_of(words[after]) & {"faith", "god"}:
            return after  # the next word joins the token before it
        return _drop_article(words, at, tokens)
    if tokens and kinds & {"faith", "god"}:
        ending = DIN if "faith" in kinds else ALLAH
        last = tokens.pop()
        form = last.form + ending
        letters = last.letters + _ARABIC[ending] if last.script == "arabic" else form
        tokens.append(Word(form, last.script, f"{last.original} {word.original}", letters))
        return after
    if "descent" in kinds and rest and (tokens or rest > 1):
        return after
    tokens.append(word)
    return after


def _drop_article(words: list[Word], at: int, tokens: list[Word]) -> int:
    article, word = words[at], words[at + 1]
    tokens.append(Word(word.form, word.script, f"{article.original} {word.original}", word.letters))
    return at + 2


def _is_article(words: list[Word], at: int) -> bool:
    kinds = kinds_of(words[at])
    if "article" in kinds:
        return True
    if "assimilated" not in kinds or at + 1 >= len(words):
        return False
    form = words[at].form
    return words[at + 1].form.startswith(form[1:])


def _fuse(prefix: str, parts: list[Word]) -> Word:
    form, letters = _without_article(parts[-1])
    if "god" in kinds_of(parts[-1]):
        form, letters = ("lah", "له") if prefix == ABD else (ALLAH, "الله")
    form, original = prefix + form, " ".join(part.original for part in parts)
    return Word(form, parts[-1].script, original, _ARABIC[prefix] + letters if parts[-1].script == "arabic" else form)


def _without_article(word: Word) -> tuple[str, str]:
    if word.script == "arabic":
        folded = word.letters
        return (romanise(folded[2:])[0], folded[2:]) if _has_article(folded) else (word.form, folded)
    form = word.form[2:] if _GLUED_ARTICLE.fullmatch(word.form) else word.form
    return form, form


def _has_article(folded: str) -> bool:
    return folded.startswith("ال") and len(folded) > 4


def _canonical(token: Word) -> Word:
    """Bring a form that was written as one word to the form that its separate parts would have."""
    if token.script == "arabic":
        form, letters = _canonical_arabic(token)
    else:
        form = _canonical_form(token)
        letters = form if token.script == "latin" else token.letters
    return Word(form, token.script, token.original, letters)


def _canonical_arabic(token: Word) -> tuple[str, str]:
    letters = token.letters
    if " " in token.original:
        return token.form, letters
    if letters.startswith("عبدال") and len(letters) > 5:
        rest = "له" if letters == "عبدالله" else letters[5:]
        return ABD + ("lah" if letters == "عبدالله" else romanise(rest)[0]), "عبدال" + rest
    if _has_article(letters):
        return romanise(letters[2:])[0], letters[2:]
    return token.form, letters


def _canonical_form(token: Word) -> str:
    form = token.form
    if token.script != "latin" or form.startswith(ABD) or form.endswith((DIN, ALLAH)):
        return form
    if form in ("abdullah", "abdollah", "abdellah", "abdoullah", "abdulla"):
        return ABD + "lah"
    if found := _GLUED_ABD.fullmatch(form):
        return ABD + found[1]
    if found := _GLUED_DIN.fullmatch(form):
        return found[1] + DIN
    if found := _GLUED_ALLAH.fullmatch(form):
        return found[1] + ALLAH
    return form[2:] if _GLUED_ARTICLE.fullmatch(form) else form
