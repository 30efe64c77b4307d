"""What a caller holds: the leaves that the weight is the sum of, and facts about the entry; written out when asked."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict, dataclass
from typing import Any

from matcher.explain.catalogues import Catalogue, catalogue, is_right_to_left
from matcher.explain.letters import aligned_letters
from matcher.explain.missing import Missing
from matcher.explain.waterfall import Bar, Waterfall, draw
from matcher.explain.wording import (
    isolated,
    letters_text,
    line_of,
    missing_field,
    missing_text,
    number_of,
    sentence,
    total_text,
)
from matcher.policy.kinds import kind_of
from matcher.score.evidence import Evidence, probability, total_bits

# Levels of a name that compare no two tokens.
NOT_ALIGNED = ("comparable", "base", "left_over", "weak_alias", "most", "between_two")


@dataclass(frozen=True, slots=True)
class Subject:
    """What an explanation is about: the entry's own facts, as its list gives them; none of a neutral referral."""

    list_id: str | None
    entry_id: str | None
    channel: str
    category: str | None
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
        missing: What was not compared; empty also where nothing beside the evidence is known.
    """

    evidence: tuple[Evidence, ...]
    subject: Subject | None = None
    missing: tuple[Missing, ...] = ()

    def leaves(self) -> tuple[Evidence, ...]:
        """Return the leaves, each with `weight_bits`."""
        return self.evidence

    @property
    def weight_bits(self) -> float:
        """The sum of the leaves."""
        return total_bits(self.evidence)

    @property
    def is_weighed(self) -> bool:
        """Whether the evidence is about a person or a document; a way of working and a referral weigh nothing."""
        return any(leaf.feature != "pattern" for leaf in self.evidence)

    def letters(self, leaf: Evidence) -> tuple[tuple[str, str], ...]:
        """Align the letters of a leaf that aligns two names' tokens; empty for any other leaf.

        Returns:
            Pairs of a chunk as presented and a chunk as listed, in order; either may be empty. The chunks of a side
            join to the leaf's value.

        Cost:
            See `letters.aligned_letters`; nothing is remembered.
        """
        is_aligned = leaf.feature == "name" and leaf.level not in NOT_ALIGNED
        if not is_aligned or leaf.query_value is None or leaf.entry_value is None:
            return ()
        return aligned_letters(leaf.query_value, leaf.entry_value, leaf.level)

    def to_text(self, locale: str = "en", *, letters: bool = True) -> str:
        """Write the reasons as lines of text, strongest statement of the list first.

        Values are shown as typed and as listed, each isolated (U+2068..U+2069) so that scripts don't reorder the line;
        lines of Arabic begin with U+200F.

        Args:
            locale: One of `LOCALES`.
            letters: Whether names in which letters differ are followed by a line that aligns them.

        Raises:
            LocaleError: no catalogue for the language.
        """
        words = catalogue(locale)
        lines = [] if self.subject is None else _subject_lines(self.subject, words)
        for leaf in self.evidence:
            bits = number_of(words, f"{leaf.weight_bits:+8.2f}") if self.is_weighed else " " * 8
            lines.append(f"{bits}  {sentence(leaf, words)}")
            if letters and (differing := letters_text(self.letters(leaf), words)):
                lines.append(f"{' ' * 10}{differing}")
        if self.is_weighed:
            lines.append(total_text(self.weight_bits, words))
        if self.missing:
            lines.append(missing_text(self.missing, words))
        return "\n".join(line_of(words, line) for line in lines)

    def to_dict(self, locale: str = "en") -> dict[str, Any]:
        """Return everything that the explanation holds, ready for JSON: exact weights, values as they came.

        Raises:
            LocaleError: no catalogue for the language.
        """
        words = catalogue(locale)
        leaves = [
            {**asdict(leaf), "sentence": sentence(leaf, words), "letters": [list(pair) for pair in self.letters(leaf)]}
            for leaf in self.evidence
        ]
        missing = [{**asdict(one), "sentence": missing_field(one, words)} for one in self.missing]
        subject = None if self.subject is None else asdict(self.subject)
        if subject is not None and subject["reported_on"] is not None:
            subject["reported_on"] = subject["reported_on"].isoformat()
        return {
            "locale": locale,
            "subject": subject,
            "leaves": leaves,
            "missing": missing,
            "match_weight": self.weight_bits if self.is_weighed else None,
            "match_probability": probability(self.weight_bits) if self.is_weighed else None,
            "is_lead": True,
            "text": self.to_text(locale),
        }

    def to_json(self, locale: str = "en") -> str:
        """Write `to_dict` as JSON.

        Raises:
            LocaleError: no catalogue for the language.
        """
        return json.dumps(self.to_dict(locale), ensure_ascii=False, allow_nan=False)

    def to_svg(self, locale: str = "en") -> str:
        """Draw the leaves as a waterfall: one self-contained SVG, without scripts, with the exact weights.

        Raises:
            LocaleError: no catalogue for the language.
        """
        words = catalogue(locale)
        heading, *facts = [words["waterfall"]["names"]] if self.subject is None else _subject_lines(self.subject, words)
        picture = Waterfall(
            locale=locale,
            is_right_to_left=is_right_to_left(words),
            title=heading,
            description=words["waterfall"]["description"],
            facts=tuple(facts),
            bars=tuple(Bar(sentence(leaf, words), leaf.weight_bits) for leaf in self.evidence),
            total=Bar(total_text(self.weight_bits, words), self.weight_bits),
            notes=(missing_text(self.missing, words),) if self.missing else (),
        )
        return draw(picture)

    def headline(self, locale: str = "en") -> str:
        """Name the supporting evidence in one line, strongest first; the prior and opposing leaves are left out.

        Raises:
            LocaleError: no catalogue for the language.
        """
        words = catalogue(locale)
        supporting = [leaf for leaf in self.evidence if leaf.weight_bits > 0 and leaf.feature != "prior"]
        supporting.sort(key=lambda leaf: -leaf.weight_bits)
        return line_of(words, words["frame"]["separator"].join(sentence(leaf, words) for leaf in supporting))


def _subject_lines(subject: Subject, words: Catalogue) -> list[str]:
    frame = words["frame"]
    if subject.list_id is None or subject.entry_id is None:
        return [frame["referral"], *_contact_lines(subject, words), frame["lead"]]
    kind = kind_of(subject.category).wording(frame["locale"])
    form = frame.get(f"{subject.channel}_on", frame["listed_on"])
    role = NO_ROLE if subject.role is None else words["role"].get(subject.role, isolated(subject.role))
    category = kind.name if kind_of(subject.category).is_known else isolated(subject.category or "")
    place = {"list_id": isolated(subject.list_id), "entry_id": isolated(subject.entry_id)}
    lines = [form.format(**place, category=category, role=role)]
    if subject.protective:
        lines.append(frame["protective"])
    if subject.status is not None:
        lines.append(words["status"].get(subject.status, isolated(subject.status)))
    if subject.reported_on is not None:
        lines.append(words["document"]["reported_on"].format(date=isolated(subject.reported_on.isoformat())))
    lines.append(frame["purpose"].format(purpose=kind.purpose))
    action = subject.requested_action
    lines.append(
        frame["action"].format(action=isolated(action)) if action else frame["usual"].format(action=kind.action)
    )
    return [*lines, *_contact_lines(subject, words), frame["lead"]]


def _contact_lines(subject: Subject, words: Catalogue) -> list[str]:
    return [words["frame"]["contact"].format(contact=isolated(subject.contact))] if subject.contact else []


NO_ROLE = "–"
