"""Who asks, and what of the lists may be opened for that caller (architecture rule 10).

Entries of a list that are not for everybody lie in parts of their own, one a `Restriction`; a list as a whole has a
`ListPolicy`. For a caller a part is open, or shown only as one neutral referral, or hidden: then none of its files is
opened. Kinds, handling codes and caller roles are tables of `matcher.policy`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from matcher.documents.states import nationality_code
from matcher.errors import PolicyError, UsageError
from matcher.policy.handling import handling_of
from matcher.policy.kinds import kind_of, without_scope
from matcher.policy.lists import ListPolicy
from matcher.policy.roles import PROTECTION, SCOPES, caller_role, caller_roles

OPEN, REFER, HIDDEN = "open", "refer", "hidden"
MATCHES, CARRIER, REFERRALS, NOTHING = "matches", "carrier", "referrals", "none"  # what a role's answers are


class Restriction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of an entry decides who may see it; an entry that anybody may see has the default of each.

    Attributes:
        category: Kind of the entry, where its kind is not shown to everybody; else None.
        role: Role of a protective entry.
        protective: Missing person, victim or witness.
        discreet: The check must not show.
        handling: The owner's handling code, as the table writes it.
        shut_out: Countries and caller roles that may not see it, sorted.
    """

    category: str | None = None
    role: str | None = None
    protective: bool = False
    discreet: bool = False
    handling: str | None = None
    shut_out: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether nothing is restricted."""
        return self == UNRESTRICTED

    @property
    def part(self) -> str:
        """Name of the part of a list that holds such entries, a suffix of its version; empty for the open part."""
        if self.is_open:
            return ""
        return ".p" + hashlib.blake2b(msgspec.json.encode(self), digest_size=6).hexdigest()


UNRESTRICTED = Restriction()


@dataclass(frozen=True, slots=True)
class Access:
    """For whom a watchlist is opened. What a caller may not see changes nothing that the caller gets.

    Attributes:
        roles: What the caller is: `officer`, `analyst`, `auditor`, `admin`, `carrier`, `partner`.
        country: The caller's state, any code or name that documents are read with; null: not said, so that what is
            shut out anywhere stays hidden.
        purpose: Why it asks; lists whose policy names purposes are opened for those only.
        scopes: `protection` opens protective, restricted and discreet entries.

    Raises:
        UsageError: an unknown role or scope, a scope that no role of the caller may hold, or roles whose answers
            contradict each other.

    Examples:
        >>> Access(roles=["officer"], country="FR", purpose="border-check").country
        'FRA'
        >>> Access(roles=["officer", "carrier"])
        Traceback (most recent call last):
        matcher.errors.UsageError: roles carrier, officer get different answers...
    """

    roles: Sequence[str]
    country: str | None = None
    purpose: str | None = None
    scopes: Sequence[str] = ()

    def __post_init__(self) -> None:
        if isinstance(self.roles, str) or isinstance(self.scopes, str):
            raise UsageError("roles and scopes must be lists of texts, not one text; wrap it in a list")
        roles = tuple(sorted(set(self.roles)))
        known = [caller_role(role) for role in roles]
        answers = sorted({role.answers for role in known})
        if not roles:
            raise UsageError("an access needs at least one role; name what the caller is")
        if len({one for one in answers if one != NOTHING}) > 1:
            raise UsageError(
                f"roles {', '.join(roles)} get different answers ({', '.join(answers)}); open one access for each"
            )
        for scope in self.scopes:
            if scope not in SCOPES:
                raise UsageError(f"scope {ascii(scope)[:70]} is not known; known are {', '.join(sorted(SCOPES))}")
            if not any(scope in role.scopes for role in known):
                raise UsageError(f"no role among {', '.join(roles)} may hold the scope {scope}; leave it out")
        country = nationality_code(self.country)
        if self.country and self.country.strip() and country is None:
            raise UsageError("the country is not a state's code or name; give an ISO code")
        for name, value in (("roles", roles), ("scopes", tuple(sorted(set(self.scopes)))), ("country", country)):
            object.__setattr__(self, name, value)

    @property
    def answers(self) -> str:
        """Which form the caller's answers have: `matches`, `carrier`, `referrals` or `none`."""
        return next((kind for role in self.roles if (kind := caller_role(role).answers) != NOTHING), NOTHING)

    @property
    def is_protection(self) -> bool:
        """Whether the caller holds the scope `protection`."""
        return PROTECTION in self.scopes

    def sight_of(self, restriction: Restriction, policy: ListPolicy) -> str:
        """Tell whether the entries of a part are `open` for the caller, only a `refer`, or `hidden`."""
        if self.answers == NOTHING or not self._may_open(policy) or not self._may_handle(restriction):
            return HIDDEN
        kind = kind_of(restriction.category)
        otherwise = without_scope(kind, restriction.role, restriction.protective)
        if self.answers == CARRIER:
            is_shown = otherwise == "show" and not restriction.discreet
            return OPEN if is_shown else HIDDEN
        if self.answers == REFERRALS:
            return REFER if restriction.protective and otherwise != "hide" and not restriction.discreet else HIDDEN
        if self.is_protection:
            return OPEN
        if restriction.discreet or otherwise == "hide":
            return HIDDEN
        return REFER if otherwise == "refer" else OPEN

    def _may_open(self, policy: ListPolicy) -> bool:
        """Whether the list as a whole may be opened."""
        if policy.needs_protection and not self.is_protection:
            return False
        if policy.roles is not None and not set(policy.roles) & set(self.roles):
            return False
        if policy.countries is not None and self.country not in policy.countries:
            return False
        if policy.not_countries and (self.country is None or self.country in policy.not_countries):
            return False
        return policy.purposes is None or self.purpose in policy.purposes

    def _may_handle(self, restriction: Restriction) -> bool:
        """Whether the owner's handling code and the states and roles that it shuts out allow the caller."""
        if restriction.shut_out and (self.country is None or {self.country, *self.roles} & set(restriction.shut_out)):
            return False
        handling = handling_of(restriction.handling)
        if handling is None or (handling.needs_scope and not self.is_protection):
            return False
        return not handling.roles or bool(handling.roles & set(self.roles))


def shut_out_codes(restrictions: Iterable[str]) -> tuple[tuple[str, ...], str | None]:
    """Read what an entry says of who may not see it: states in any writing, and caller roles.

    Returns:
        Codes and roles, sorted, and the first word that is neither; None where all were read.

    Examples:
        >>> shut_out_codes(["fr", "carrier", "Germany"]), shut_out_codes(["nobody of them"])
        ((('DEU', 'FRA', 'carrier'), None), ((), 'nobody of them'))
    """
    known_roles = {role.name for role in caller_roles()}
    read: set[str] = set()
    for text in restrictions:
        word = text.strip()
        code = word.lower() if word.lower() in known_roles else nationality_code(word)
        if code is None:
            return tuple(sorted(read)), word
        read.add(code)
    return tuple(sorted(read)), None


def check_policy_words(policy: ListPolicy) -> None:
    """Refuse a list policy that names a caller role or a state that nobody knows.

    Raises:
        PolicyError: which field, and what it may hold.
    """
    known_roles = {role.name for role in caller_roles()}
    if unknown := set(policy.roles or ()) - known_roles:
        raise PolicyError(
            f"list policy: {len(unknown)} of roles are unknown; known are {', '.join(sorted(known_roles))}"
        )
    for name in ("countries", "not_countries"):
        if any(nationality_code(code) != code for code in getattr(policy, name) or ()):
            raise PolicyError(f"list policy: {name} must hold three-letter codes of states, in upper case; mend it")
