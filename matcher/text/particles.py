"""Particles and fused forms: words to tokens (`abd` + `al` + X is one token, `bin` is none).

Left to right, the same on every script: abd+X -> abu+X, umm+X, bou+X -> آل+X -> article dropped -> X+al-din, X+allah ->
construct (`Rezaul Karim`, `Habibur Rahman`) -> descent words dropped -> titles and suffixes dropped. What a single
written word holds (`abdelkader`, `saifuddin`, `alkhouri`) is undone before, in `pieces`. A rule that would leave no
token is not applied. `abd` and `abu` are never dropped (domain facts 2.1), nor is آل, "house of", which is no article:
it begins its token (`alsaud`), whose second reading is without it.
Canonical forms: `abdal`+X, `abu`+X, `umm`+X, `bu`+X, X+`aldin`, X+`allah`.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcher.text.pieces import (
    ABD,
    ABU,
    ALLAH,
    BOU,
    DIN,
    NO_KINDS,
    UMM,
    Word,
    affixed,
    arabic_reading,
    latin_reading,
    particles,
)
from matcher.text.translit import Reading

_PREFIXES = {"servant": ABD, "father": ABU, "mother": UMM, "bou": BOU}
_DROPPED = frozenset({"title", "suffix"})
_TITLES = frozenset({"title", "honorific"})
_ENDINGS = {"faith": DIN, "god": ALLAH}


def join(words: Sequence[Word]) -> list[Word]:
    """Join fused forms and drop particles; see the module for the order.

    Examples:
        >>> from matcher.text.pieces import word_of
        >>> [word.first.spelled for word in join([word_of(one) for one in "saif al din bin abd al rahman".split()])]
        ['saifaldin', 'abdalrahman']
    """
    tokens: list[Word] = []
    dropped: Reading | None = None
    at = 0
    while at < len(words):
        count, last, start = len(tokens), tokens[-1] if tokens else None, at
        at = _take(words, at, tokens)
        if len(tokens) > count:
            lead = (
                _led(dropped, words[start].first)
                if tokens[-1].first == words[at - 1].first != words[start].first
                else dropped
            )
            own = tokens[-1].lead
            tokens[-1] = tokens[-1]._replace(lead=_led(lead, own) if lead and own else lead or own)
            dropped = None
        elif (tokens and tokens[-1] is last) or not tokens:
            dropped = _led(dropped, words[start].first)
    plain = [
        token
        for place, token in enumerate(tokens)
        if not token.kinds & _DROPPED and ("honorific" not in token.kinds or place == len(tokens) - 1)
    ]
    return plain if len(plain) >= 2 else tokens


def _led(lead: Reading | None, word: Reading) -> Reading:
    """What was dropped before a token, with one word more."""
    if lead is None or lead.script != word.script:
        return word
    return Reading(lead.spelled + word.spelled, lead.letters + word.letters, word.script)


def _take(words: Sequence[Word], at: int, tokens: list[Word]) -> int:
    """Read one token that begins at `at`, append it (or not), return where the next begins."""
    word = words[at]
    kinds = word.kinds
    after = at + 1
    if kinds:
        rest = _rest(words, after)
        if rest and _is_article(words, at):
            return _after_article(words, at, tokens)
        if rest and not _is_bare_article(words, after) and (prefix := _prefix(words, at, tokens)):
            return _fuse(prefix, words, at, tokens)
        if rest and "family" in kinds:
            return _house(words, at, tokens)
        if rest and "construct" in kinds:
            word = _construct(word, words[after])
        if tokens and (ending := _ending(words, at)) and not tokens[-1].kinds & _TITLES:
            tokens.append(_ended(tokens.pop(), ending, word))
            return after
        if "descent" in kinds and rest and (tokens or rest > 1):
            return after
    tokens.append(word)
    return after


def _rest(words: Sequence[Word], after: int) -> int:
    """Count the words from `after` on that a name can be made of."""
    count = len(words) - after
    return count if count < 1 else sum("suffix" not in words[at].kinds for at in range(after, len(words)))


def _ended(last: Word, ending: str, word: Word) -> Word:
    second = affixed("", last.second, ending) if last.second else None
    original = f"{last.original} {word.original}"
    return Word(affixed("", last.first, ending), second, original, NO_KINDS, last.lead, last.first)


def _prefix(words: Sequence[Word], at: int, tokens: list[Word]) -> str | None:
    kinds = words[at].kinds
    if "servant_before_article" in kinds and _has_article(words, at + 1):
        return ABD
    if "father_inside" in kinds and tokens:
        return ABU
    return next((prefix for kind, prefix in _PREFIXES.items() if kind in kinds), None)


def _has_article(words: Sequence[Word], at: int) -> bool:
    letters = words[at].first.letters
    is_glued = words[at].first.script == "arabic" and words[at].original.startswith("ال")
    return is_glued or (at + 1 < len(words) and _is_article(words, at)) or letters in ("rabbo", "rabbuh")


def _fuse(prefix: str, words: Sequence[Word], at: int, tokens: list[Word]) -> int:
    last = at + 1
    if last + 1 < len(words) and (_is_article(words, last) or words[last].first.letters == "l"):
        last += 1
    stem = words[last]
    original = " ".join(word.original for word in words[at : last + 1])
    if "god" in stem.kinds:
        arabic, latin = Reading("lah", "له", "arabic"), Reading("lah", "lah", "latin")
        whole = arabic if stem.first.script == "arabic" else latin
        if prefix != ABD:
            whole = arabic_reading("الله")._replace(spelled=ALLAH) if whole is arabic else latin_reading(ALLAH)
        stem = Word(whole, None, stem.original, NO_KINDS)
    first, second = affixed(prefix, stem.first), affixed(prefix, stem.second) if stem.second else None
    part = stem.first if prefix == ABD and "god" not in stem.kinds else None
    tokens.append(Word(first, second, original, NO_KINDS, part=part))
    return last + 1


def _house(words: Sequence[Word], at: int, tokens: list[Word]) -> int:
    """آل and the name of the house: one token, with the name alone as its second reading."""
    name = words[at + 1].first
    letters = "ال" + name.letters if name.script == "arabic" else "al" + name.letters
    first = Reading("al" + name.spelled, letters, name.script)
    tokens.append(Word(first, name, f"{words[at].original} {words[at + 1].original}", NO_KINDS))
    return at + 2


def _after_article(words: Sequence[Word], at: int, tokens: list[Word]) -> int:
    article, word = words[at], words[at + 1]
    if tokens and word.kinds & {"faith", "faith_bare", "god"}:
        return at + 1  # the next word joins the token before it
    if word.kinds and "construct" not in word.kinds:
        return at + 1  # al + abd + X, al + bin + X: read on without it
    tokens.append(Word(word.first, word.second, f"{article.original} {word.original}", NO_KINDS))
    return at + 2


def _ending(words: Sequence[Word], at: int) -> str | None:
    kinds = words[at].kinds
    if "faith_bare" in kinds:
        follows = words[at + 1].first.spelled if at + 1 < len(words) else ""
        return None if follows.startswith(("moham", "muham")) or words[at].first.script != "latin" else DIN
    return next((ending for kind, ending in _ENDINGS.items() if kind in kinds), None)


def _is_article(words: Sequence[Word], at: int) -> bool:
    kinds = words[at].kinds
    if "article" in kinds:
        return True
    if "assimilated" not in kinds or at + 1 >= len(words):
        return False
    noun, sun = words[at + 1].first.letters, words[at].first.letters[1:]
    return noun.startswith(sun) and len(noun) > (4 if sun == "n" else 2)  # not Vietnamese An Ninh


def _is_bare_article(words: Sequence[Word], at: int) -> bool:
    """Whether nothing but an article follows: a cut name (`Abd Al`)."""
    return at + 1 == len(words) and "article" in words[at].kinds


def _construct(word: Word, follows: Word) -> Word:
    """`Reza`+`ul` before Karim, `Habib`+`ur` before Rahman: the ending is the next word's article."""
    form, noun = word.first.letters, follows.first.letters
    if form[-1] != "l" and not (noun.startswith(form[-1]) and noun in particles()["latin"]["construct"]):
        return word
    return Word(latin_reading(form[:-2]), word.first, word.original, NO_KINDS)
