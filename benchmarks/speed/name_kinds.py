"""Recall and false hits by way of altering a listed name: ours by preset, rapidfuzz's scorers, peers.

A query is a listed name altered in one way; its source is found when it is in the answer; every other name in the
answer, unless spelled as the source is, is a false hit. rapidfuzz's recall comes from all queries, its false hits from
a few of them, since each costs a walk over the whole list.
"""

from __future__ import annotations

import json
import random
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rapidfuzz import distance, fuzz, process

from benchmarks import perturb
from benchmarks.speed.name_lists import SEED, Searched
from matcher.score.model import PRESETS

N_KIND, N_FALSE, N_SLOW, N_PEERS = 300, 16, 2, 20
WORKER = Path(__file__).with_name("name_peers.py")
SKIPPED = (
    "tantivy, sparse_dot_topn, polars blocking and duckdb were not run: give the Python of an environment with "
    "tantivy 0.27, sparse-dot-topn 1.2, duckdb 2.0, polars 2.1 and rapidfuzz 3.14 by --peers."
)
SOUNDS = (
    ("ou", "u"),
    ("ee", "i"),
    ("kh", "h"),
    ("y", "i"),
    ("q", "k"),
    ("ph", "f"),
    ("th", "t"),
    ("w", "v"),
    ("c", "k"),
)


def transliterate(name: str, *, seed: int | str) -> str:
    """Spell one sound of a name otherwise.

    Examples:
        >>> transliterate("Yusuf", seed=1), transliterate("Anna", seed=1)
        ('iusuf', 'Anna')
    """
    ways = [(one, other) for pair in SOUNDS for one, other in (pair, pair[::-1]) if one in name.lower()]
    if not ways:
        return name
    one, other = random.Random(f"sound/{seed}").choice(ways)
    return " ".join(token if one not in token.lower() else token.lower().replace(one, other) for token in name.split())


KINDS: dict[str, Callable[..., str]] = {
    "none": lambda name, seed: name,
    "typo": perturb.typo,
    "two typos": perturb.two_typos,
    "swap": perturb.swap_order,
    "drop": perturb.drop_token,
    "glue": perturb.glue,
    "split": perturb.split,
    "truncation": lambda name, seed: perturb.truncate(name, length=18),
    "initial": perturb.initial,
    "transliteration": transliterate,
}
SCORERS: dict[str, tuple[Any, float, int]] = {
    "token_sort_ratio ≥ 80": (fuzz.token_sort_ratio, 80, N_FALSE),
    "token_sort_ratio ≥ 70": (fuzz.token_sort_ratio, 70, N_FALSE),
    "ratio ≥ 80": (fuzz.ratio, 80, N_FALSE),
    "Jaro-Winkler ≥ .85": (distance.JaroWinkler.normalized_similarity, 0.85, N_FALSE),
    "WRatio ≥ 85": (fuzz.WRatio, 85, N_SLOW),
}


class Altered(NamedTuple):
    """Queries of one kind, and the listed name that each was made from."""

    queries: list[str]
    sources: list[int]


def altered(names: Sequence[str]) -> dict[str, Altered]:
    """Draw listed names and alter them, kind by kind."""
    found = {}
    for kind, alter in KINDS.items():
        draw = random.Random(f"{kind}/{SEED}")
        one = Altered([], [])
        while len(one.queries) < min(N_KIND, len(names)):
            at = draw.randrange(len(names))
            query = alter(names[at], seed=f"{SEED}/{at}")
            if query != names[at] or kind == "none":
                one.queries.append(query)
                one.sources.append(at)
        found[kind] = one
    return found


def ours(searched: Searched, names: Sequence[str], one: Altered) -> list[tuple[float, float]]:
    """Recall and false hits a query at the weight of review of each preset."""
    least = [searched.least_of(preset) for preset in PRESETS]
    found = searched.search(one.queries, least=min(least))
    figures = []
    for bits in least:
        kept = (found.bits >= bits) | found.agrees_fully
        pairs = list(zip(found.queries[kept].tolist(), found.rows[kept].tolist(), strict=True))
        right = {q for q, row in pairs if row == one.sources[q]}
        wrong = sum(names[row] != names[one.sources[q]] for q, row in pairs)
        figures.append((len(right) / len(one.queries), wrong / len(one.queries)))
    return figures


def theirs(scorer: Any, cutoff: float, n_false: int, lowered: Sequence[str], one: Altered) -> tuple[float, float]:
    """Recall and false hits a query of a scorer of rapidfuzz."""
    queries = [query.lower() for query in one.queries]
    right = process.cpdist(queries, [lowered[at] for at in one.sources], scorer=scorer)
    scores = process.cdist(queries[:n_false], lowered, scorer=scorer, score_cutoff=cutoff, workers=1)
    wrong = 0
    for q, source in enumerate(one.sources[:n_false]):
        wrong += sum(lowered[at] != lowered[source] for at in np.flatnonzero(scores[q] >= cutoff).tolist())
    return float((right >= cutoff).mean()), wrong / n_false


def table(searched: Searched, names: Sequence[str], kinds: dict[str, Altered]) -> str:
    """Recall and false hits by kind, ours and rapidfuzz's."""
    lowered = [name.lower() for name in names]
    rows: dict[str, list[str]] = {f"ours, preset {preset}": [] for preset in PRESETS}
    for one in kinds.values():
        for row, (recall, wrong) in zip(rows.values(), ours(searched, names, one), strict=True):
            row.append(f"{recall:.3f} / {wrong:.1f}")
    for title, (scorer, cutoff, n_false) in SCORERS.items():
        cells = [theirs(scorer, cutoff, n_false, lowered, one) for one in kinds.values()]
        rows[title] = [f"{recall:.3f} / {wrong:.1f}" for recall, wrong in cells]
    head = f"| source found / false hits a query, {N_KIND} a kind | " + " | ".join(kinds) + " |"
    lines = [head, "| --- " * (len(kinds) + 1) + "|"]
    return "\n".join([*lines, *(f"| {title} | " + " | ".join(row) + " |" for title, row in rows.items())])


def peers_table(python: Path | None, names: Sequence[str], kinds: dict[str, Altered], clean: Sequence[str]) -> str:
    """Other engines on the same list: build, CPU a query, recall by kind, false hits."""
    if python is None:
        return SKIPPED
    asked = {kind: {"queries": one.queries[:N_PEERS], "sources": one.sources[:N_PEERS]} for kind, one in kinds.items()}
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "names.json"
        listed.write_text(json.dumps(list(names)), "utf-8")
        task = json.dumps({"names": str(listed), "kinds": asked, "clean": list(clean), "folder": folder})
        done = subprocess.run([python, str(WORKER)], input=task, capture_output=True, text=True, check=True)
    title = "recall / false hits: " + ", ".join(kinds)
    rows = [f"| engine | build, CPU | CPU a query | names found of a clean traveller | {title} |", "| --- " * 5 + "|"]
    for one in json.loads(done.stdout.splitlines()[-1]):
        if "skipped" in one:
            rows.append(f"| {one['engine']} | skipped: {one['skipped']} | | | |")
            continue
        cells = ", ".join(f"{recall:.2f} / {wrong:.1f}" for recall, wrong in one["kinds"])
        rows.append(f"| {one['engine']} | {one['build']:.0f} s | {one['each']:.1f} ms | {one['clean']:.2f} | {cells} |")
    return "\n".join(rows)
