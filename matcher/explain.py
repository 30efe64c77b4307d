"""Reasons: the score's own leaves, put into sentences. No second score is computed here.

`Explanation` holds the leaves that the weight is the sum of, and facts about the entry; `to_text` renders them from one
catalogue a language (`locales/<locale>.toml`). It is built only when asked.
"""

from __future__ import annotations

import datetime
import functools
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from matcher.errors import LocaleError
from matcher.score.evidence import Evidence, probability, total_bits

LOCALES = ("en",)
_Catalogue = Mapping[str, Mapping[str, str]]


@functools.cache
def catalogue(locale: str) -> _Catalogue:
    """Load the sentences of one language.

    Raises:
        LocaleError: no catalogue for the language.
    """
    if locale not in LOCALES:
        raise LocaleError(f"no explanations in that language; available: {', '.join(LOCALES)}")
    text = resources.files("matcher").joinpath("locales", f"{locale}.toml").read_text("utf-8")
    return {name: section for name, section in tomllib.loads(text).items() if isinstance(section, dict)}


@dataclass(frozen=True, slots=True)
class Subject:
    """What an explanation is about: the entry's own facts, as its list gives them."""

    list_id: str
    entry_id: str
    channel: str
    category: str
    role: str | None = None
    protective: bool = False
    requested_action: str | None = None
    contact: str | None = None
    status: str | None = None
    document_type: str | None = None
    reported_on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a pair weighs what it weighs.

    Attributes:
        evidence: Leaves in the order of the score; their weights sum to the match weight exactly.
        subject: The entry; None when two names were compared without a list.
    """

    evidence: tuple[Evidence, ...]
    subject: Subject | None = None

    def leaves(self) -> tuple[Evidence, ...]:
        """Return the leaves, each with `weight_bits`."""
        return self.evidence

    @property
    def weight_bits(self) -> float:
        """The sum of the leaves."""
        return total_bits(self.evidence)

    def to_text(self, locale: str = "en") -> str:
        """Write the reasons as lines of text, strongest statement of the list first.

        Values are shown as typed and as listed, each isolated (U+2068..U+2069) so that scripts don't reorder the line.

        Raises:
            LocaleError: no catalogue for the language.
        """
        words = catalogue(locale)
        lines = [] if self.subject is None else _subject_lines(self.subject, words)
        lines += [f"{leaf.weight_bits:+8.2f}  {sentence(leaf, words)}" for leaf in self.evidence]
        chance = f"{probability(self.weight_bits):.4f}"
        lines.append(words["frame"]["total"].format(bits=f"{self.weight_bits:+.2f}", probability=chance))
        return "\n".join(lines)

    def headline(self, locale: str = "en") -> str:
        """Name the supporting evidence in one line, strongest first; the prior and opposing leaves are left out."""
        words = catalogue(locale)
        supporting = [leaf for leaf in self.evidence if leaf.weight_bits > 0 and leaf.feature != "prior"]
        supporting.sort(key=lambda leaf: -leaf.weight_bits)
        return "; ".join(sentence(leaf, words) for leaf in supporting)


def sentence(leaf: Evidence, words: _Catalogue) -> str:
    """Put one leaf into words."""
    nothing = words["frame"]["nothing"]
    return words[leaf.feature][leaf.level].format(
        query=_isolated(leaf.query_value, nothing), entry=_isolated(leaf.entry_value, nothing)
    )


def _isolated(value: str | None, nothing: str) -> str:
    """A value as written, but for controls: a bidi control inside it could undo the isolation and reorder the line."""
    if value is None:
        return nothing
    return (
        f"\u2068{''.join(letter for letter in value if unicodedata.category(letter) not in ('Cc', 'Cf', 'Cs'))}\u2069"
    )


def _subject_lines(subject: Subject, words: _Catalogue) -> list[str]:
    frame = words["frame"]
    form = frame["document_on"] if subject.channel == "document" else frame["listed_on"]
    lines = [
        form.format(
            list_id=subject.list_id, entry_id=subject.entry_id, category=subject.category, role=subject.role or "-"
        )
    ]
    if subject.protective:
        lines.append(frame["protective"])
    if subject.status is not None:
        lines.append(words["status"].get(subject.status, subject.status))
    if subject.reported_on is not None:
        lines.append(words["document"]["reported_on"].format(date=subject.reported_on.isoformat()))
    action = subject.requested_action
    lines.append(frame["action"].format(action=_isolated(action, "")) if action else frame["no_action"])
    if subject.contact:
        lines.append(frame["contact"].format(contact=_isolated(subject.contact, "")))
    return [*lines, frame["lead"]]
