"""The alignment of two names: optimal, symmetric, and its leaves sum to its evidence exactly."""

from __future__ import annotations

from hypothesis import given, settings

from matcher.score.evidence import GRAIN, total_bits
from matcher.score.model import load_model
from matcher.score.names import align_names, name_leaves
from matcher.text import analyse_name
from tests.names_strategy import loose_names, names
from tests.reference.name_alignment import name_bits

MODEL = load_model()


@given(loose_names, loose_names)
@settings(max_examples=400, deadline=None)
def test_equals_the_twin_that_tries_everything(left: str, right: str) -> None:
    """The evidence is the best over every reading and every assignment."""
    one, other = analyse_name(left), analyse_name(right)
    found = align_names(MODEL, one, other)
    if not one or not other:
        assert found is None
    else:
        assert found is not None
        assert found.bits == name_bits(MODEL, one, other)


@given(loose_names, loose_names)
@settings(max_examples=400, deadline=None)
def test_symmetric(left: str, right: str) -> None:
    """Swapping the names changes neither the evidence nor full agreement."""
    one = align_names(MODEL, analyse_name(left), analyse_name(right))
    other = align_names(MODEL, analyse_name(right), analyse_name(left))
    assert (one and (one.bits, one.agrees_fully)) == (other and (other.bits, other.agrees_fully))


@given(names, names)
@settings(deadline=None)
def test_leaves_sum_exactly(left: str, right: str) -> None:
    """The leaves are multiples of 1/1024 bit and sum to the evidence, weak alias included."""
    found = align_names(MODEL, analyse_name(left), analyse_name(right))
    assert found is not None
    leaves = name_leaves(MODEL, found, weak_alias=True)
    assert all((leaf.weight_bits * GRAIN).is_integer() for leaf in leaves)
    assert total_bits(leaves) == found.bits + MODEL.weight("name", "weak_alias")


@given(names)
@settings(deadline=None)
def test_a_name_agrees_fully_with_itself_in_any_order(name: str) -> None:
    """Order carries no weight; a name of initials alone is the exception that earns no agreement."""
    tokens = analyse_name(name)
    found = align_names(MODEL, tokens, tuple(reversed(tokens)))
    assert found is not None
    if not any(token.is_initial for token in tokens):
        assert found.agrees_fully
        assert found.bits == sum(pair.bits for pair in found.pairs)


def bits(left: str, right: str) -> float:
    found = align_names(MODEL, analyse_name(left), analyse_name(right))
    assert found is not None
    return found.bits


def agrees(left: str, right: str) -> bool:
    found = align_names(MODEL, analyse_name(left), analyse_name(right))
    assert found is not None
    return found.agrees_fully


def test_full_agreement_is_rule_9() -> None:
    """Every token of the shorter name, two at least, glued and split readings counted; or one equal token each."""
    assert agrees("Yusuf Abd al-Rahman", "يوسف عبد الرحمن")
    assert agrees("Karimi Alireza", "Ali Reza Karimi")
    assert agrees("Alireza", "Ali Reza")
    assert agrees("Qusay Hussein", "QUSAY SADDAM HUSSEIN AL-TIKRITI")
    assert agrees("Madonna", "MADONNA")
    assert not agrees("Hussein", "QUSAY SADDAM HUSSEIN")
    assert not agrees("Hasan Ali", "Husayn Ali")
    assert not agrees("J Smith", "John Smith")


def test_a_rarer_token_weighs_more() -> None:
    """Term frequency: sharing a rare name says more than sharing Mohammed."""
    assert bits("Tikriti", "Tikriti") > bits("Mohammed", "Mohammed")


def test_each_difference_costs() -> None:
    """Exact above variant above typo above conflict; an extra token costs a little, a conflict much."""
    exact = bits("Saleh Tikriti", "Saleh Tikriti")
    assert exact > bits("Saleh Tikriti", "Salih Tikriti") > bits("Saleh Tikriti", "Omar Tikriti")
    assert exact > bits("Saleh Tikriti", "Saleh Hassan Tikriti") > bits("Saleh Omar Tikriti", "Saleh Hassan Tikriti")


def test_forty_tokens_and_equal_tokens_are_bounded() -> None:
    """Names of many equal or many different tokens are aligned in bounded time, and symmetrically."""
    same, many = " ".join(["Ali"] * 20), " ".join(f"{letter}arim" for letter in "abcdefghjklmnopqrstu")
    for left, right in ((same, same), (many, many), (same, many)):
        assert bits(left, right) == bits(right, left)
