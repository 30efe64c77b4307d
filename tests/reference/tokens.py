"""Two tokens from their definition, on strings: agreement, and the cells of the weight table that their evidence sums.

The twin of `compare.kernels`, `compare.token_kernels` and `compare.attested`; it reads every table by itself.
"""

from __future__ import annotations

import collections
import functools
import math
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from matcher.text import Token
from matcher.text.skeleton import skeleton_of
from tests.reference import letters as models

LETTERS = 31
UNKNOWN = "\0"  # stands for any letter that a script's table doesn't hold
SCRIPTS = ("latin", "arabic", "cyrillic", "greek", "hebrew", "hangul", "han", "other")
SYMBOLS = "AkShgszfbtdrlmn"
SAME, TWO = 7, 8
Cell = tuple[str, str, str, str]


@dataclass(frozen=True)
class Row:
    """A token, or neighbours written as one.

    Attributes:
        script: One of `SCRIPTS`.
        own: Letters in its script, unknown ones alike.
        form: Romanised letters.
        skeleton: Consonant classes.
        tokens: How many tokens it is made of.
        rarity: In 1/1024 bit.
    """

    script: str
    own: str
    form: str
    skeleton: str
    tokens: int
    rarity: int

    @property
    def key(self) -> tuple[str, str]:
        """What makes two rows the same word."""
        return self.script, self.own

    @property
    def codes(self) -> tuple[object, ...]:
        """Own letters as they are counted: a Han character is two bytes of its number."""
        if self.script != "han":
            return tuple(self.own)
        numbers = [_alphabet("han").find(letter) + 1 or len(_alphabet("han")) + 1 for letter in self.own]
        return tuple(byte for number in numbers for byte in divmod(number, 256))

    @property
    def is_initial(self) -> bool:
        """A single letter of a script that has initials."""
        return len(self.form) == 1 and self.script not in ("arabic", "hebrew")


def row_of(token: Token, rarities: Rarities) -> Row:
    """Make the row of a token."""
    script = token.script if token.script in SCRIPTS else "other"
    form = token.form[:LETTERS]
    own = form if script in ("latin", "other") else own_letters(script, token.letters)
    return Row(script, own, form, token.skeleton, 1, rarities.of(token.skeleton))


def own_letters(script: str, letters: str) -> str:
    """Letters as the script's table has them, the others alike."""
    if script == "hangul":
        letters = unicodedata.normalize("NFD", letters)
    kept = letters[: 15 if script == "han" else LETTERS]
    return "".join(letter if letter in _alphabet(script) else UNKNOWN for letter in kept)


@functools.cache
def _alphabet(script: str) -> str:
    return models.read_moves(script).letters


def run_of(rows: list[Row], leads: list[Row | None]) -> Row | None:
    """Neighbours as one word, with what was dropped before them; None where that is no word."""
    parts = [part for lead, row in zip(leads, rows, strict=True) for part in (lead, row) if part is not None]
    form = "".join(part.form for part in parts)
    if len({row.script for row in rows}) > 1 or len(form) > LETTERS or sum(len(one.codes) for one in parts) > LETTERS:
        return None
    own = "".join(part.own for part in parts)
    return Row(rows[0].script, own, form, skeleton_of(form), len(rows), sum(row.rarity for row in rows))


@dataclass(frozen=True)
class Rarities:
    """The frequency table of a model.

    Attributes:
        bits: Rarity by class, in 1/1024 bit.
        unseen: Rarity of any other class.
    """

    bits: Mapping[str, int]
    unseen: int

    def of(self, skeleton: str) -> int:
        """Rarity of a class."""
        return self.bits.get(skeleton, self.unseen)


def read_rarities(frequency: str, limits: str) -> Rarities:
    """Read the frequency table within the limits."""
    table = tomllib.loads(limits)
    lines = [line for line in frequency.splitlines() if line != "class\tcount"]
    total = next(int(line.split(":")[1]) for line in lines if line.startswith("# total:"))
    counts = {line.split("\t")[0]: int(line.split("\t")[1]) for line in lines if not line.startswith("#")}

    def rarity(count: float) -> int:
        bits = math.log2(total / count)
        return round(1024 * min(max(bits, float(table["min_rarity_bits"])), float(table["max_rarity_bits"])))

    return Rarities({skeleton: rarity(count) for skeleton, count in counts.items()}, rarity(0.5))


def packed(skeleton: str) -> int:
    """A skeleton as a number of base sixteen, its first symbol the lowest digit."""
    return int("".join(f"{SYMBOLS.index(symbol) + 1:x}" for symbol in reversed(skeleton)) or "0", 16)


@functools.lru_cache(maxsize=1 << 18)
def osa(left: tuple[object, ...] | str, right: tuple[object, ...] | str) -> int:
    """Optimal string alignment distance: insertions, deletions, substitutions, swaps of neighbours."""
    table: dict[tuple[int, int], int] = {(i, 0): i for i in range(len(left) + 1)}
    table |= {(0, j): j for j in range(len(right) + 1)}
    for i in range(1, len(left) + 1):
        for j in range(1, len(right) + 1):
            same = left[i - 1] == right[j - 1]
            table[i, j] = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (not same))
            if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                table[i, j] = min(table[i, j], table[i - 2, j - 2] + 1)
    distance: int = table[len(left), len(right)]
    return distance


def relation(left: Row, right: Row) -> int:
    """Which comparison two scripts need: 0 romanised, 1 to 6 a script with Latin, 7 one script, 8 two others."""
    scripts = {left.script, right.script}
    if scripts <= {"latin"} or scripts == {"latin", "other"}:
        return 0
    if len(scripts) == 1:
        return SAME
    return SCRIPTS.index((scripts - {"latin"}).pop()) if "latin" in scripts else TWO


def agree(left: Row, right: Row) -> bool:
    """The agreement relation (rule 3)."""
    if left.key == right.key or {"nickname", "cognate"} & marks(left, right) or band(left, right):
        return True
    shorter = min(len(left.skeleton), len(right.skeleton))
    if left.skeleton == right.skeleton:
        if shorter:
            return True
    elif shorter >= 2 and osa(left.skeleton, right.skeleton) <= 1:
        return True
    kind = relation(left, right)
    if kind not in (0, SAME) or left.tokens > 1 or right.tokens > 1:
        return False
    one, other = (left.form, right.form) if kind == 0 else (left.codes, right.codes)
    shorter = min(len(one), len(other))
    allowed = 0 if shorter <= 3 else 1 if shorter <= 6 else 2
    return allowed > 0 and osa(one, other) <= allowed


def cells(left: Row, right: Row) -> list[Cell]:
    """The cells of the token weights that two agreeing rows sum."""
    kind = relation(left, right)
    swap = 1 <= kind <= 6 and left.script == "latin"
    one, other = (right, left) if swap else (left, right)  # the native side first, where there is one
    quality, distance, length = _spelling(one, other, kind)
    shorter = min(len(left.skeleton), len(right.skeleton))
    near = 0 if left.skeleton == right.skeleton else 1 if osa(left.skeleton, right.skeleton) <= 1 else 2
    endings = ending(one), ending(other)
    if not 1 <= kind <= 6:
        endings = min(endings), max(endings)
    level = band(left, right) or int(is_known(one) and (1 <= kind <= 6 or is_known(other)))
    distance += 8 if level > 1 else 4 if level == 1 else 0
    found: list[tuple[str, int, int]] = [
        ("quality", length, quality),
        ("distance", length, distance),
        ("skeleton", min(max(shorter, 1), 4) - 1, near),
        ("ending", *endings),
        ("attested", level, 0),
    ]
    known = marks(left, right)
    specials = {
        0: "confusable" in known,
        1: "nickname" in known,
        2: "cognate" in known and "nickname" not in known,
    }
    found += [("special", special, 0) for special, holds in specials.items() if holds]
    return [(part, str(kind), str(first), str(second)) for part, first, second in found]


def _singly(form: str) -> str:
    """A form without doubled letters."""
    return "".join(letter for at, letter in enumerate(form) if form[at - 1 : at] != letter)


def _spelling(one: Row, other: Row, kind: int) -> tuple[int, int, int]:
    """Letter quality, edits and class of length."""
    romanised = kind in (0, TWO)
    if kind == SAME:
        sizes = len(one.codes), len(other.codes)
    else:
        sizes = len(one.form) if romanised else len(one.codes), len(other.form)
    shorter = min(sizes)
    length = sum(shorter > limit for limit in (2, 3, 4, 6, 8))
    if one.key == other.key or (romanised and one.form == other.form):
        return 0, 0, length
    if kind == SAME:
        distance = min(osa(one.codes, other.codes), 3)
        return 4 * distance, distance, length
    if romanised:
        distance = min(osa(_singly(one.form), _singly(other.form)), 3)
        lack = 2 * _path("latin", one.form, other.form) - _native("latin", one.form) - _native("latin", other.form)
    else:
        distance, script = 3, one.script
        lack = 2 * _path(script, one.own, other.form) - _latin(script, one.own) - _native(script, other.form)
    return 1 + min(max(lack // 2048, 0), 26), distance, length


_path = functools.lru_cache(maxsize=1 << 18)(models.path_cost)
_latin = functools.lru_cache(maxsize=1 << 16)(models.best_latin)
_native = functools.lru_cache(maxsize=1 << 16)(models.best_native)


def ending(row: Row) -> int:
    """What a romanised form ends in: 1 a, e; 2 i, y; 3 o, u, w; 4 n; 5 t or h; 0 anything else."""
    form = row.form
    if form.endswith(("a", "e", "ah", "eh")) or (form.endswith("h") and row.script in ("arabic", "hebrew")):
        return 1
    return next((at for at, ends in enumerate(("iy", "ouw", "n", "th"), 2) if form[-1:] and form[-1] in ends), 0)


def _rows(package: str, name: str) -> list[list[str]]:
    text = resources.files(package).joinpath(f"tables/{name}.tsv").read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")][1:]


@functools.cache
def _spellings() -> tuple[dict[tuple[str, str], dict[str, int]], dict[str, dict[tuple[str, str], int]]]:
    """Counts of Latin forms by native token, and of native tokens by Latin form."""
    by_native: dict[tuple[str, str], dict[str, int]] = collections.defaultdict(dict)
    by_form: dict[str, dict[tuple[str, str], int]] = collections.defaultdict(dict)
    for script, native, form, count in _rows("matcher.compare", "spellings"):
        key = script, own_letters(script, native)
        by_native[key][form] = by_form[form][key] = by_native[key].get(form, 0) + int(count)
    return by_native, by_form


def is_known(row: Row) -> bool:
    """Whether spellings of the token were seen three times at least."""
    by_native, by_form = _spellings()
    counts = by_form.get(row.form, {}) if row.script == "latin" else by_native.get(row.key, {})
    return sum(counts.values()) >= 3


@functools.lru_cache(maxsize=1 << 18)
def band(left: Row, right: Row) -> int:
    """How often one spelling stands for the other; 0 where they were never seen together."""
    by_native, by_form = _spellings()
    if left.script == right.script == "latin":
        if left.form == right.form:
            return 0
        one, other = by_form.get(left.form, {}), by_form.get(right.form, {})
        shares = [
            one[native] * other[native] / sum(by_native[native].values()) / min(sum(one.values()), sum(other.values()))
            for native in one.keys() & other.keys()
        ]
        return max((_band(share) for share in shares if share >= 1 / 4096), default=0)
    if "latin" not in (left.script, right.script):
        return 0
    native, latin = (right, left) if left.script == "latin" else (left, right)
    forms = by_native.get(native.key, {})
    return _band(forms[latin.form] / sum(forms.values())) if latin.form in forms else 0


def _band(share: float) -> int:
    return 2 + sum(share >= limit for limit in (1 / 64, 1 / 8, 1 / 2))


@functools.cache
def _marked() -> dict[frozenset[tuple[str, str]], set[str]]:
    found: dict[frozenset[tuple[str, str]], set[str]] = collections.defaultdict(set)
    for native, forms, other, other_forms in _rows("matcher.compare", "confusable"):
        mine, theirs = set(forms.split()), set(other_forms.split())
        for one in [("arabic", native), *(("latin", form) for form in mine - theirs)]:
            for two in [("arabic", other), *(("latin", form) for form in theirs - mine)]:
                found[frozenset((one, two))].add("confusable")
    for short, long, kind, *_ in _rows("matcher.text", "nicknames"):
        found[frozenset((("latin", short), ("latin", long)))].add(kind)
    return found


def marks(left: Row, right: Row) -> set[str]:
    """What is said of a pair: `confusable`, `nickname`, `cognate`."""
    return _marked().get(frozenset((left.key, right.key)), set())
