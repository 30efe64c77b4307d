"""Learn what two tokens weigh: aligned tokens of one person's names against tokens that agree by chance.

In order: align the pairs of names with plain weights, take the aligned tokens as true; find, for a sample of their
rows, every token that agrees by chance, as often as names hold it; fit; align again with what was learned, fit again.
What is attested of a train pair is asked as if that pair had not been seen (the spelling tables were made of it).
"""

from __future__ import annotations

import collections
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.learn import corpus
from benchmarks.learn.corpus import Pair
from benchmarks.learn.fit_kernels import EDGES, aligned_tokens, attested_of, chance_neighbours, token_rows
from benchmarks.learn.logistic import Penalty, Rows, fit, in_grains, met, rising
from matcher.compare import token_kernels as tk
from matcher.compare.forms import NameForms, take_rows
from matcher.index.agreement_kernels import skeleton_keys
from matcher.index.names import directory_of
from matcher.score import edge_kernels as ak
from matcher.score.name_tables import NameTables, token_cells

KEEP = tuple(int(at % 4 == 0) for at in range(97))  # of chance neighbours, a fixed quarter
MOST_NEIGHBOURS = 3_000_000
SLIP_WEIGHT = 0.6
MOST_COUNT = 6  # a pair of tokens weighs the square root of its count, at most of this
LEAST_TRUE = -3 * 1024  # aligned tokens that weigh less in the second round are no pair
CELLS = {cell: at for at, cell in enumerate(token_cells())}
PLAIN_LEVELS = (-8, -6, -4, -2.5, -1, 0, 0.5, 1, 1.5, 2.5, 3, 3.5, 4, 4.5, 5, 6)  # bits, before anything is learned
LATIN, SAME_SCRIPT, TWO_SCRIPTS = 0, tk.SAME_SCRIPT, tk.TWO_SCRIPTS


class TokenPairs(NamedTuple):
    """Distinct pairs of rows of a form table, what each counts, and what is attested of it."""

    rows: NDArray[np.int64]
    weights: NDArray[np.float64]
    attested: NDArray[np.int64]


def learn_token_weights(shared: Path, tables: NameTables, spellings: Sequence[Sequence[str]]) -> NDArray[np.int32]:
    """Learn the flat table of token weights.

    Args:
        shared: The shared folder.
        tables: Tables with frequencies and limits; their weights are not read.
        spellings: Rows of the attested spellings: script, native letters, Latin form, count.
    """
    pairs = corpus.natural_pairs(shared, ("train", "dev"))
    pairs += corpus.slipped_pairs(pairs)
    texts = sorted({text for pair in pairs for text in pair[:2]})
    forms = corpus.forms_of(texts, tables)
    counts = {(row[1], row[2]): int(row[3]) for row in spellings}
    spelled = letters_of_rows(texts, forms)
    weights, least = plain_weights(), ak.LOWEST
    chance: TokenPairs | None = None
    for _ in range(2):
        arrays = corpus.with_weights(tables, tokens=weights, names=plain_numbers())
        edges = aligned(pairs, texts, forms, arrays)
        true = true_pairs(pairs, edges[edges[:, 7] >= least], forms, tables)
        true = without_themselves(true, spelled, counts)
        chance = chance or chance_pairs(true, forms, tables)
        rows = fit_rows(true, chance, forms, tables)
        weights = monotone(in_grains(fit(rows, penalty())), met(rows, tk.WEIGHTS))
        least = LEAST_TRUE
    return weights


def plain_weights() -> NDArray[np.int32]:
    """Token weights to align with before anything is learned: more for better letters and for attested spellings."""
    weights = np.zeros(tk.WEIGHTS, np.int32)
    for (part, _, first, second), at in CELLS.items():
        if part == "quality":
            weights[at] = 6 * 1024 if second == "0" else round(1024 * (5 - 0.9 * (int(second) - 1)))
        elif part == "attested" and int(first) >= 2:
            weights[at] = 2048
    return weights


def plain_numbers() -> NDArray[np.int32]:
    """Name weights to align with before anything is learned."""
    numbers = np.zeros(ak.NUMBERS, np.int32)
    edges = numbers[ak.EDGE : ak.REST].reshape(ak.KINDS, ak.LEVELS, ak.RARITIES)
    levels = np.array(PLAIN_LEVELS)[:, None] * 1024
    edges[ak.PLAIN], edges[ak.JOINED] = levels, levels - 1536
    edges[ak.INITIAL], edges[ak.PREFIX] = 1024, 1024
    numbers[ak.REST : ak.REST + ak.RARITIES] = -3 * 1024
    numbers[ak.SECOND : ak.SECOND + ak.READINGS] = -1024, -2048
    return numbers


def letters_of_rows(texts: Sequence[str], forms: NameForms) -> dict[int, tuple[str, str]]:
    """Letters and romanised form of the rows that are single tokens."""
    found: dict[int, tuple[str, str]] = {}
    for at, text in enumerate(texts):
        tokens = corpus.tokens_of(text)
        for row, place, count, second, _ in forms.units[forms.starts[at] : forms.starts[at + 1]].tolist():
            if count == 1 and not second:
                found[row] = tokens[place].letters, tokens[place].form
    return found


def aligned(pairs: Sequence[Pair], texts: Sequence[str], forms: NameForms, arrays: Any) -> NDArray[np.int32]:
    """The aligned tokens of the pairs: plain or joined, as first read."""
    places = {text: at for at, text in enumerate(texts)}
    ends = np.array([(places[pair.left], places[pair.right]) for pair in pairs], np.int32)
    edges = np.zeros((len(pairs) * EDGES, EDGES), np.int32)
    edges = edges[: aligned_tokens(forms, ends, arrays, edges)]
    plain: NDArray[np.int32] = edges[(edges[:, 3] <= ak.JOINED) & (edges[:, 4] == 0)]
    return plain


def true_pairs(pairs: Sequence[Pair], edges: NDArray[np.int32], forms: NameForms, tables: NameTables) -> TokenPairs:
    """Distinct aligned pairs of rows; a pair of the train fold seen once is not attested by itself."""
    counts: dict[tuple[int, int], float] = collections.defaultdict(float)
    natural: collections.Counter[tuple[int, int]] = collections.Counter()
    train = set()
    for at, left, right in edges[:, :3].tolist():
        pair = pairs[at]
        if pair.kind == "slip":
            counts[left, right] += SLIP_WEIGHT
        else:
            natural[left, right] += 1
            train |= {(left, right)} if pair.fold == "train" else set()
    for rows, count in natural.items():
        counts[rows] += min(count, MOST_COUNT) ** 0.5
    rows_of = np.array(list(counts), np.int64).reshape(-1, 2)
    attested = attested_of(forms.facts, rows_of, tables.attested.pairs, tables.attested.values)
    kept = TokenPairs(rows_of, np.array(list(counts.values())), attested)
    kept.attested[[rows in train and natural[rows] == 1 for rows in counts]] |= SEEN_ONCE
    kept.attested[[rows in train for rows in counts]] |= TRAIN
    return kept


TRAIN, SEEN_ONCE = 1 << 20, 1 << 21


def without_themselves(
    true: TokenPairs, spelled: dict[int, tuple[str, str]], counts: dict[tuple[str, str], int]
) -> TokenPairs:
    """Take from train pairs the band that they have only because they were counted."""
    attested = true.attested.copy()
    for at, (left, right) in enumerate(true.rows.tolist()):
        value = int(attested[at])
        attested[at] = value & (TRAIN - 1)
        if not value & TRAIN or not value & tk.BAND_MASK or left not in spelled or right not in spelled:
            continue
        (letters, form), (other_letters, other_form) = spelled[left], spelled[right]
        count = counts.get((letters, other_form)) or counts.get((other_letters, form))
        if (count is not None and count < 3) or (count is None and value & SEEN_ONCE):
            attested[at] &= ~tk.BAND_MASK
    return true._replace(attested=attested)


def chance_pairs(true: TokenPairs, forms: NameForms, tables: NameTables) -> TokenPairs:
    """Tokens that agree with those of true pairs by chance, each as often as names hold it."""
    frequency = np.zeros(len(forms.facts))
    single = forms.units[(forms.units["count"] == 1) & (forms.units["reading"] == 0)]
    np.add.at(frequency, single["row"], 1)
    draw = random.Random(corpus.SEED)
    rows = sorted(set(true.rows[:, 0].tolist()) | set(true.rows[:, 1].tolist()))
    is_token = frequency > 0
    found, weights = [], []
    scripts = forms.facts["script"]
    seen = {key for left, right in true.rows.tolist() for key in ((left, right), (right, left))}
    for targets, most, share in _CHANCE:
        listed = np.flatnonzero(is_token & np.isin(scripts, targets))
        asked = [row for row in rows if targets == (tk.LATIN,) or scripts[row] in targets]
        if not len(listed) or not asked:
            continue
        asked_rows = np.array(sorted(draw.sample(asked, min(most, len(asked)))), np.int64)
        pairs = _neighbours(asked_rows, listed, forms, tables)
        fresh = np.array([(one, other) not in seen for one, other in pairs[:, :2].tolist()], bool)
        apart = (pairs[:, 2] & tk.BAND_MASK) < 3  # often spelled so: no chance
        pairs = pairs[fresh & apart]
        weight = frequency[pairs[:, 1]]
        found.append(pairs)
        weights.append(weight / max(weight.sum(), 1) * share)
    together = np.concatenate(found)
    return TokenPairs(together[:, :2].copy(), np.concatenate(weights), together[:, 2].copy())


_CHANCE = (
    ((tk.LATIN,), 9_000, 1.0),
    ((tk.ARABIC,), 1_500, 0.1),
    ((tk.CYRILLIC,), 500, 0.02),
    ((tk.HEBREW,), 500, 0.02),
)


def _neighbours(asked: Any, listed: Any, forms: NameForms, tables: NameTables) -> NDArray[np.int64]:
    listed = listed[np.argsort(skeleton_keys(forms.facts[listed]), kind="stable")]
    ends = np.zeros(len(listed), np.uint8)
    directory = directory_of(*take_rows(forms.letters, forms.facts, listed), ends)
    known = tables.attested.pairs, tables.attested.values
    found = np.zeros((MOST_NEIGHBOURS, 3), np.int64)
    keep = np.array(KEEP, np.uint8)
    partners = corpus.partners_of(tables.attested)
    n = chance_neighbours(forms.letters, forms.facts, asked, listed, directory, partners, known, keep, found)
    return found[:n].copy()


def fit_rows(true: TokenPairs, chance: TokenPairs, forms: NameForms, tables: NameTables) -> Rows:
    """Rows of the fit: as much weight of true as of chance pairs."""
    pairs = np.concatenate([true.rows, chance.rows])
    attested = np.concatenate([true.attested, chance.attested])
    cells, counts = np.zeros((len(pairs), tk.PARTS), np.int64), np.zeros(len(pairs), np.int64)
    token_rows(forms.letters, forms.facts, pairs, attested, tables.arrays[1], tables.arrays[2], cells, counts)
    is_true = np.concatenate([np.ones(len(true.rows), np.int8), np.zeros(len(chance.rows), np.int8)])
    weights = np.concatenate([true.weights, chance.weights * (true.weights.sum() / chance.weights.sum())])
    return Rows(cells, np.ones(cells.shape), counts, is_true, weights)


def penalty() -> Penalty:
    """Neighbouring qualities, lengths and relations are alike; a relation without pairs has another's weights."""
    pull = Penalty(tk.WEIGHTS, 0.02)
    for (part, relation, first, second), at in CELLS.items():
        r, a, b = int(relation), int(first), int(second)

        def cell(other: int, one: int, two: int, part: str = part) -> int:
            return CELLS[part, str(other), str(one), str(two)]

        if part in ("quality", "distance", "skeleton") and a:
            pull.alike(at, cell(r, a - 1, b), 3.0 if part == "quality" else 1.0)
        if part == "distance" and b >= tk.EDITS:
            pull.alike(at, cell(r, a, b - tk.EDITS), 0.3)
        if part == "quality" and b > 1:
            pull.alike(at, cell(r, a, b - 1), 6.0)
        if part == "attested" and a > 1:
            pull.alike(at, cell(r, a - 1, 0), 2.0)
        if part in ("ending", "special"):
            pull.small(at, 1.0)
        like = _LIKE[r] if part == "quality" else 0
        if r and part != "ending":
            pull.alike(at, cell(like, a, b), 0.3)
    return pull


_LIKE = (0, 0, 1, 2, 1, 1, 1, 0, 0)  # the relation whose qualities are pulled to


def monotone(weights: NDArray[np.int32], seen: NDArray[np.float64]) -> NDArray[np.int32]:
    """Make quality weights fall, or stay, as the letters agree less."""
    shaped = weights.copy()
    qualities = shaped[: tk.RELATIONS * tk.LENGTHS * tk.QUALITIES].reshape(-1, tk.QUALITIES)
    for row, counts in zip(qualities, seen[: qualities.size].reshape(qualities.shape), strict=True):
        row[:] = -np.round(np.array(rising((-row).tolist(), counts + 1e-3)))
    return shaped
