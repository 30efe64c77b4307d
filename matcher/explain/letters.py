"""Which letters of a presented name stand for which letters of the listed one, as both were written.

Steps: written text -> its tokens' readings -> the best alignment of their letters (`compare.letters`, a model a script;
edits where both sides share a script that has none) -> chunks of letters cut out of the written text. Made for reading
only: weights come from the score, and nothing here changes them.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from rapidfuzz.distance import Levenshtein

from matcher.compare.letters import SCRIPTS, aligned_chunks, load_letters
from matcher.text import analyse_name

Chunks: TypeAlias = list[tuple[str, str]]  # letters of the query, letters of the entry; either may be empty
_GRAIN = 1024
_CUT_SHORT = ("initial", "prefix")


class _Reading(NamedTuple):
    """One reading of the tokens of a side, written as one."""

    letters: str
    form: str
    script: str


def aligned_letters(query: str, entry: str, level: str) -> tuple[tuple[str, str], ...]:
    """Align the letters of two names that the score has aligned.

    The chunks of either side join to what was written, and those written alike on both sides are one. Where no letter
    model covers the pair of scripts, the two texts are one pair.

    Args:
        query: Tokens as presented.
        entry: Tokens as listed.
        level: The level of the leaf; of `initial` and `prefix` the shorter side is the other's beginning.

    Cost:
        About 0.5 ms a pair; the first pair of a script reads its table (10 to 200 ms).

    Examples:
        >>> aligned_letters("شريف", "Sherif", "spelling")
        (('ش', 'Sh'), ('ر', 'er'), ('ي', 'i'), ('ف', 'f'))
        >>> aligned_letters("Müller", "Mueller", "exact")
        (('M', 'M'), ('ü', 'ue'), ('ller', 'ller'))
    """
    best = min(_alignments(query, entry, level), default=None)
    if best is None:
        return ((query, entry),)
    chunks = best[1]
    mine, theirs = _cut(query, [chunk for chunk, _ in chunks]), _cut(entry, [chunk for _, chunk in chunks])
    return tuple(_joined(_without_hollow(chunks, mine, theirs)))


def _alignments(query: str, entry: str, level: str) -> Iterator[tuple[int, Chunks]]:
    """Every pair of readings, with the cost of its alignment."""
    align = _align_beginning if level in _CUT_SHORT else _align
    for mine, theirs in itertools.product(_readings(query), _readings(entry)):
        if (found := align(mine, theirs)) is not None:
            yield found


def _readings(text: str) -> list[_Reading]:
    tokens = analyse_name(text)
    if len({token.script for token in tokens}) != 1:
        return []
    readings = [tokens]
    if len(tokens) == 1 and tokens[0].second is not None:
        readings.append((tokens[0].second,))
    return [
        _Reading("".join(token.letters for token in one), "".join(token.form for token in one), one[0].script)
        for one in readings
    ]


def _align_beginning(mine: _Reading, theirs: _Reading) -> tuple[int, Chunks] | None:
    """Align the shorter side with the beginning of the longer one that it spells best; the rest stands alone."""
    if len(mine.form) > len(theirs.form):
        turned = _align_beginning(theirs, mine)
        return turned and (turned[0], [(chunk, other) for other, chunk in turned[1]])
    best: tuple[int, Chunks] | None = None
    for end in range(1, len(theirs.letters) + 1):
        head = _Reading(theirs.letters[:end], theirs.form[:end], theirs.script)
        found = _align(mine, head)
        if found is not None and (best is None or found[0] < best[0]):
            best = found[0], [*found[1], ("", theirs.letters[end:])]
    return best


def _align(mine: _Reading, theirs: _Reading) -> tuple[int, Chunks] | None:
    if mine.script == theirs.script != "latin":
        return _edits(mine.letters, theirs.letters)
    if not {mine.script, theirs.script} <= set(SCRIPTS):
        return None
    if theirs.script == "latin":
        return _spelled(mine, theirs.form)
    if mine.script == "latin":
        cost, chunks = _spelled(theirs, mine.form)
        return cost, [(latin, native) for native, latin in chunks]
    return _by_latin(mine, theirs)


def _spelled(native: _Reading, latin: str) -> tuple[int, Chunks]:
    found = aligned_chunks(load_letters(native.script), native.letters, latin)
    return sum(cost for _, _, cost in found), [(chunk, other) for chunk, other, _ in found]


def _by_latin(mine: _Reading, theirs: _Reading) -> tuple[int, Chunks]:
    """Align two scripts that no model covers together: by the entry's romanised form, cut where both alignments are."""
    cost, chunks = _spelled(mine, theirs.form)
    own_cost, own_chunks = _spelled(theirs, theirs.form)
    mine_by_end, theirs_by_end = _by_end(chunks), _by_end(own_chunks)
    borders = sorted(mine_by_end.keys() & theirs_by_end.keys())
    pairs, before = [], (0, 0)
    native = "".join(chunk for chunk, _ in chunks), "".join(chunk for chunk, _ in own_chunks)
    for border in borders:
        now = mine_by_end[border], theirs_by_end[border]
        pairs.append((native[0][before[0] : now[0]], native[1][before[1] : now[1]]))
        before = now
    return cost + own_cost, pairs


def _by_end(chunks: Chunks) -> dict[int, int]:
    """Native letters read up to each place of the Latin form where a chunk ends."""
    places, native, latin = {}, 0, 0
    for chunk, other in chunks:
        native, latin = native + len(chunk), latin + len(other)
        places[latin] = native
    return places


def _edits(mine: str, theirs: str) -> tuple[int, Chunks]:
    found: Chunks = []
    cost = 0
    for edit in Levenshtein.opcodes(mine, theirs):
        chunk, other = mine[edit.src_start : edit.src_end], theirs[edit.dest_start : edit.dest_end]
        found += zip(chunk, other, strict=True) if edit.tag in ("equal", "replace") else [(chunk, other)]
        cost += 0 if edit.tag == "equal" else _GRAIN * max(len(chunk), len(other))
    return cost, found


def _cut(written: str, chunks: Sequence[str]) -> list[str]:
    """Cut a written text where its letters' chunks begin; one piece more than chunks, the first for what was dropped.

    Examples:
        >>> _cut("Al Khouri", ["kh", "ou", "ri"])
        ['Al ', 'Kh', 'ou', 'ri']
    """
    starts = _starts(written, "".join(chunks))
    offsets = itertools.accumulate((len(chunk) for chunk in chunks), initial=0)
    begins = [starts[offset] if chunk else None for chunk, offset in zip(chunks, offsets, strict=False)]
    pieces, end = [], len(written)
    for begin in reversed(begins):
        pieces.append("" if begin is None else written[begin:end])
        end = end if begin is None else begin
    return [written[:end], *pieces[::-1]]


def _starts(written: str, letters: str) -> list[int]:
    """Where each letter of the comparable form stands in the written text."""
    units = [
        (at, part)
        for at, letter in enumerate(written)
        for part in unicodedata.normalize("NFKD", letter).casefold()
        if unicodedata.category(part) != "Mn"
    ]
    starts: list[int] = []
    for edit in Levenshtein.opcodes(letters, "".join(part for _, part in units)):
        if edit.tag == "delete":
            starts += [starts[-1] if starts else 0] * (edit.src_end - edit.src_start)
        elif edit.tag != "insert":
            starts += [at for at, _ in units[edit.dest_start : edit.dest_end]]
    return starts


def _without_hollow(chunks: Chunks, mine: Sequence[str], theirs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of pieces; a chunk whose letters share a written character with the next one joins it."""
    query, entry = mine[0], theirs[0]
    if query or entry:
        yield query, entry
    query = entry = ""
    pairs = list(zip(chunks, mine[1:], theirs[1:], strict=True))
    for at, (chunk, piece, other) in enumerate(pairs, start=1):
        query, entry = query + piece, entry + other
        is_hollow = bool(chunk[0]) > bool(piece) or bool(chunk[1]) > bool(other)
        if (query or entry) and (at == len(pairs) or not is_hollow):
            yield query, entry
            query = entry = ""


def _joined(pairs: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Make one pair of neighbours that both sides write alike."""
    for is_alike, group in itertools.groupby(pairs, key=lambda pair: pair[0].casefold() == pair[1].casefold()):
        if not is_alike:
            yield from group
            continue
        same = list(group)
        yield "".join(query for query, _ in same), "".join(entry for _, entry in same)
