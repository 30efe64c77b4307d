"""Who may see which part of a list."""

from __future__ import annotations

import pytest

from matcher.access import Access, Restriction, check_policy_words, shut_out_codes
from matcher.errors import PolicyError, UsageError
from matcher.policy.lists import DEFAULT_POLICY, ListPolicy, parse_list_policy
from tests.access.lists import ANALYST, AUDITOR, CARRIER, OFFICER, PARTNER, PROTECTOR

HEAD = b'id = "p"\nsource = "s"\ndate = "2026-11-22"\n'


def policy(**fields: object) -> ListPolicy:
    """A sound list policy with some rules."""
    return ListPolicy(id="p", source="s", date="2026-11-22", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("restriction", "sights"),
    [
        (Restriction(), ("open", "open", "open", "open", "hidden")),
        (Restriction(protective=True, role="missing", category="yellow"), ("refer", "open", "open", "hidden", "refer")),
        (Restriction(protective=True, role="victim"), ("refer", "open", "open", "hidden", "refer")),
        (Restriction(protective=True, role="witness"), ("hidden", "open", "open", "hidden", "hidden")),
        (Restriction(discreet=True), ("hidden", "open", "open", "hidden", "hidden")),
        (Restriction(discreet=True, protective=True, role="victim"), ("hidden", "open", "open", "hidden", "hidden")),
        (Restriction(handling="restricted"), ("hidden", "open", "open", "hidden", "hidden")),
        (Restriction(handling="confidential"), ("hidden", "hidden", "open", "hidden", "hidden")),
        (Restriction(category="mauve"), ("hidden", "open", "open", "hidden", "hidden")),
        (Restriction(shut_out=("FRA",)), ("hidden",) * 5),
        (Restriction(shut_out=("DEU", "carrier")), ("open", "open", "open", "hidden", "hidden")),
    ],
)
def test_each_restriction_has_its_sight(restriction: Restriction, sights: tuple[str, ...]) -> None:
    """Officer, officer with the scope, analyst with it, carrier and partner see what the tables say, no more."""
    callers = (OFFICER, PROTECTOR, ANALYST, CARRIER, PARTNER)
    assert tuple(caller.sight_of(restriction, DEFAULT_POLICY) for caller in callers) == sights


def test_an_auditor_sees_no_entry_at_all() -> None:
    """A role without answers opens nothing."""
    assert AUDITOR.sight_of(Restriction(), DEFAULT_POLICY) == "hidden"


def test_a_caller_of_no_state_does_not_see_what_any_state_is_shut_out_of() -> None:
    """Who doesn't say its country can't show that it isn't the one shut out."""
    nowhere = Access(roles=["officer"])
    assert nowhere.sight_of(Restriction(shut_out=("DEU",)), DEFAULT_POLICY) == "hidden"
    assert nowhere.sight_of(Restriction(), policy(not_countries=("DEU",))) == "hidden"


@pytest.mark.parametrize(
    ("rules", "sight"),
    [
        ({"roles": ("analyst",)}, "hidden"),
        ({"roles": ("officer",)}, "open"),
        ({"countries": ("DEU",)}, "hidden"),
        ({"countries": ("DEU", "FRA")}, "open"),
        ({"not_countries": ("FRA",)}, "hidden"),
        ({"purposes": ("visa",)}, "hidden"),
        ({"purposes": ("visa", "border-check")}, "open"),
        ({"needs_protection": True}, "hidden"),
    ],
)
def test_a_list_is_opened_only_as_its_policy_says(rules: dict[str, object], sight: str) -> None:
    """Roles, countries, purposes and the scope of a list's policy are all asked."""
    assert OFFICER.sight_of(Restriction(), policy(**rules)) == sight


def test_a_part_has_a_name_of_its_own() -> None:
    """Two restrictions have two parts, the open one none."""
    names = {Restriction().part, Restriction(discreet=True).part, Restriction(shut_out=("FRA",)).part}
    assert len(names) == 3
    assert "" in names


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"roles": []}, "at least one role"),
        ({"roles": ["chief"]}, "chief"),
        ({"roles": "officer"}, "lists of texts"),
        ({"roles": ["officer"], "scopes": ["all"]}, "scope 'all' is not known"),
        ({"roles": ["carrier"], "scopes": ["protection"]}, "may hold the scope"),
        ({"roles": ["officer", "carrier"]}, "different answers"),
        ({"roles": ["officer"], "country": "Ruritania"}, "not a state"),
    ],
)
def test_an_access_that_means_nothing_is_refused(arguments: dict[str, object], fault: str) -> None:
    """Unknown roles and scopes, contradicting roles and unknown states are errors, never a wider access."""
    with pytest.raises(UsageError, match=fault):
        Access(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "lines",
    [
        b"roles = []", b"countries = []", b"purposes = []", b'countries = ["FRA"]\nnot_countries = ["FRA"]',
        b"max_shrink = 2.0", b"max_age_days = 0", b"retention_years = -1", b'signature_key = "x"', b"shrink_floor = -1",
        b"colour = 1", b'max_shrink = "much"', b"= 1",
    ],
)  # fmt: skip
def test_a_policy_with_gaps_or_contradictions_is_refused(lines: bytes) -> None:
    """A policy is refused on load with the rule that it breaks."""
    with pytest.raises(PolicyError, match="list policy: "):
        parse_list_policy(HEAD + lines)
    assert parse_list_policy(HEAD).id == "p"


@pytest.mark.parametrize("fields", [{"roles": ("chief",)}, {"countries": ("fr",)}, {"not_countries": ("Ruritania",)}])
def test_a_policy_names_only_known_roles_and_states(fields: dict[str, object]) -> None:
    """A role or a state that nobody knows would open or close the list by a slip of the pen."""
    with pytest.raises(PolicyError, match=r"known are|three-letter"):
        check_policy_words(policy(**fields))


def test_states_and_roles_are_read_in_any_writing() -> None:
    """What an entry shuts out is read as codes; the first word that is neither is told."""
    assert shut_out_codes(["france", "DE", "Carrier"]) == (("DEU", "FRA", "carrier"), None)
    assert shut_out_codes(["FRA", "nobody"])[1] == "nobody"
