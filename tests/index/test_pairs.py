"""Names are listed by every two of their tokens, and by nothing that they don't hold, as far as a hash tells."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.compare.forms import name_forms
from matcher.index.names import distinct_rows
from matcher.index.pair_kernels import Pairs, bucket_of_pair, pairs_of
from matcher.score.model import load_model
from matcher.text import analyse_name

MODEL = load_model().names
NAMES = st.lists(st.lists(st.sampled_from(("ali", "hassan", "khan", "elsaid", "محمد", "J", "abdulrahman")), max_size=5))


def names_of(pairs: Pairs, one: int, other: int) -> list[int]:
    begin, behind = bucket_of_pair(pairs, one, other)
    return [int(name) for name in pairs.pair_names[begin:behind]]


@given(NAMES)
@settings(max_examples=150)
def test_a_name_is_found_by_every_two_of_its_tokens(names: list[list[str]]) -> None:
    """Also by second readings, in either order; a name of one token by that token twice; never by one place alone."""
    forms = distinct_rows(name_forms([analyse_name(" ".join(name)) for name in names], MODEL))
    pairs = pairs_of(forms)
    listed = 0
    for name, count in enumerate(forms.counts.tolist()):
        units = forms.units[forms.starts[name] : forms.starts[name + 1]]
        tokens = units[units["count"] == 1]
        if count == 1:
            for row in tokens["row"].tolist():
                assert name in names_of(pairs, row, row)
        for one, other in itertools.combinations(tokens, 2):
            if one["start"] != other["start"]:
                assert name in names_of(pairs, int(one["row"]), int(other["row"]))
                assert names_of(pairs, int(other["row"]), int(one["row"])).count(name) >= 1
                listed += 1
        listed += len(tokens) if count == 1 else 0
    assert len(pairs.pair_names) == listed


def test_most_pairs_that_no_name_holds_are_known_to_be_none() -> None:
    """The filter answers for nearly all of them; what it lets through is a name of another pair, and is looked at."""
    words = [f"{a}{b}{c}" for a in "bdfgklmn" for b in "aeiou" for c in "rstz"]
    names = [analyse_name(f"{one} {other}") for one, other in itertools.pairwise(words)]
    forms = distinct_rows(name_forms(names, MODEL))
    pairs = pairs_of(forms)
    asked = np.random.default_rng(1).integers(0, len(forms.facts), (4000, 2)).tolist()
    assert sum(1 for one, other in asked if names_of(pairs, one, other)) < len(asked) // 10


def test_no_names_make_an_empty_table() -> None:
    """An empty list answers too."""
    pairs = pairs_of(name_forms([], MODEL))
    assert len(pairs.pair_names) == 0
    assert names_of(pairs, 0, 1) == []
