"""Tables of spellings that were seen, from the token pairs that the letter models learned from.

A spelling is kept if it was seen twice or stands in a token file, unless it spells half of two names in one (محمدرضا:
`mohammad`). Two Arabic tokens are confusable where the shared
list of such tokens names them and the train fold agrees: both are common, and hardly any Latin form spells both.
"""

from __future__ import annotations

import collections
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.learn.pairs import Counts, token_file, tokens_of
from benchmarks.learn.split import folder_of, negatives, read_rows

LEAST_COUNT = 2  # of a spelling that stands in no token file
LEAST_SEEN = 10  # of a token in the train fold, to be apart from another
MOST_OVERLAP = 0.02  # share of the rarer token's spellings that are also the other's
OWN = 0.95  # share of a Latin form that one of two tokens must have, to be its own
OFTEN = 0.3  # share that it must have among all tokens

SPELLINGS_HEAD = """# id: spellings-1
# source: Wikidata names (CC0): train fold and token files of shared data names/, aligned by the letter models
# date: {date}
# command: {command}
script\tnative\tlatin\tcount
"""
CONFUSABLE_HEAD = """# id: confusable-1
# source: Wikidata names (CC0): shared data names/confusable_tokens_nomatch.tsv where the train fold agrees
# left out: pairs that only negatives of the dev and test folds tell apart
# date: {date}
# command: {command}
native\tlatin\tother\tother_latin
"""


def spelling_rows(shared: Path, counts: Mapping[str, Counts]) -> Iterator[tuple[str, str, str, int]]:
    """Yield the spellings that are kept: script, native letters, Latin form, count; sorted."""
    for script in sorted(counts):
        filed, seen = token_file(shared, script), _seen(counts[script])
        for (native, latin), count in sorted(counts[script].items()):
            is_kept = count >= LEAST_COUNT or (native, latin) in filed
            if is_kept and not _is_half(native, latin, counts[script], seen):
                yield script, native, latin, count


def _seen(counts: Counts) -> Counts:
    """How often each native token was seen."""
    seen: Counts = collections.Counter()
    for (native, _), count in counts.items():
        seen[native, ""] += count
    return seen


def _is_half(native: str, latin: str, counts: Counts, seen: Counts) -> bool:
    """Whether a native token is two, of which the Latin form oftener spells one."""
    count = counts[native, latin]
    for at in range(2, len(native) - 1):
        for half, other in ((native[:at], native[at:]), (native[at:], native[:at])):
            if counts.get((half, latin), 0) > count and seen[other, ""] >= LEAST_SEEN:
                return True
    return False


def confusable_rows(shared: Path, arabic: Counts) -> Iterator[tuple[str, str, str, str]]:
    """Yield tokens that must not be merged, each with the Latin forms that are its own."""
    forms: dict[str, Counts] = collections.defaultdict(collections.Counter)
    totals: dict[str, int] = collections.Counter()
    for (native, latin), count in arabic.items():
        forms[native][latin, ""] += count
        totals[latin] += count
    held = _held(shared)
    found = set()
    for row in read_rows(folder_of(shared) / "confusable_tokens_nomatch.tsv"):
        tokens = [tokens_of(row[column]) for column in ("arabic1", "arabic2")]
        if [len(token) for token in tokens] == [1, 1]:
            one, other = sorted(token[0].letters for token in tokens)
            if one != other and (one, other) not in held and _are_apart(forms[one], forms[other]):
                found.add((one, other))
    for one, other in sorted(found):
        yield one, _own(forms[one], forms[other], totals), other, _own(forms[other], forms[one], totals)


def _held(shared: Path) -> set[tuple[str, str]]:
    """Pairs of tokens that tell a dev or test negative apart, and no negative of the train fold."""
    by_fold: dict[bool, set[tuple[str, str]]] = {True: set(), False: set()}
    for pair in negatives(shared):
        left, right = ({token.letters for token in tokens_of(name)} for name in (pair.native, pair.other_native))
        by_fold[pair.fold == "train"] |= {
            (min(one, two), max(one, two)) for one in left - right for two in right - left
        }
    return by_fold[False] - by_fold[True]


def _are_apart(one: Counts, other: Counts) -> bool:
    """Whether both are common and hardly share a spelling."""
    totals = one.total(), other.total()
    shared = sum(min(one[form], other[form]) for form in one.keys() & other.keys())
    return min(totals) >= LEAST_SEEN and shared <= MOST_OVERLAP * min(totals)


def _own(one: Counts, other: Counts, totals: Mapping[str, int]) -> str:
    """Latin forms, seen twice or more, that spell this token, hardly the other, and not mostly a third."""
    own = [
        form
        for (form, _), count in one.items()
        if count >= max(LEAST_COUNT, OWN * (count + other[form, ""]), OFTEN * totals[form])
    ]
    return " ".join(sorted(own))
