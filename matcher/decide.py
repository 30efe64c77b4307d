"""From scores to outcomes: thresholds, full-name agreement, documents (rule 9). Sees no raw strings.

Documents and persons are decided apart; the better outcome counts. `no_match` is None here: it makes no match.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcher.score.evidence import Evidence, total_bits
from matcher.score.model import Model, number_prior
from matcher.score.person import PersonScore

HIT, REVIEW, NO_MATCH = "hit", "review", "no_match"
OUTCOMES = (NO_MATCH, REVIEW, HIT)  # weakest first


def decide_person(model: Model, score: PersonScore) -> str | None:
    """Decide a scored person pair without its documents' own channel.

    Returns:
        `hit` at or above the hit threshold; `review` at or above the review threshold, or for a fully agreeing
        name that nothing opposes; None otherwise.
    """
    by_weight = decide_weight(
        score.weight_bits, hit_bits=model.threshold("hit_bits"), review_bits=model.threshold("review_bits")
    )
    return better(by_weight, decide_agreement(score))


def decide_description(leaves: Sequence[Evidence], *, least: int) -> str | None:
    """Decide an entry that is found by its description, a body to be identified: a review, never a hit.

    Args:
        leaves: Evidence beside the name.
        least: How many features must support the pair; a name alone supports nothing.

    Examples:
        >>> same = Evidence("sex", "same", "F", "F", 0.9)
        >>> decide_description([same], least=2), decide_description([same, same], least=2)
        (None, 'review')
    """
    return REVIEW if sum(leaf.weight_bits > 0 for leaf in leaves) >= least else None


def decide_weight(weight_bits: float, *, hit_bits: float, review_bits: float) -> str | None:
    """Decide a match weight by two thresholds.

    Examples:
        >>> [decide_weight(bits, hit_bits=6.0, review_bits=-2.0) for bits in (6.0, -2.0, -2.5)]
        ['hit', 'review', None]
    """
    if weight_bits >= hit_bits:
        return HIT
    return REVIEW if weight_bits >= review_bits else None


def decide_agreement(score: PersonScore) -> str | None:
    """Decide a scored person pair by its name alone: `review` for full agreement that nothing opposes, else None."""
    return REVIEW if score.is_equal_name and not score.is_opposed else None


def decide_document(model: Model, leaves: Sequence[Evidence], *, is_attached: bool) -> str | None:
    """Decide an equal or near document number, by its leaves without the prior.

    Args:
        model: Thresholds and priors.
        leaves: From `score.fields.document_leaves`.
        is_attached: Whether the listed document is a listed person's.

    Returns:
        For an equal number `hit` when issuer group and class are equal too (a class missing on either side counts as
        equal, a missing issuer doesn't), else `review`. For a near one `review` from the model's threshold on.
    """
    levels = {leaf.feature: leaf.level for leaf in leaves}
    if levels["document_number"] != "exact":
        weight = number_prior(model, is_attached=is_attached).weight_bits + total_bits(leaves)
        return REVIEW if weight >= model.threshold("near_document_bits") else None
    same_issuer = levels["document_issuer"] == "same"
    return HIT if same_issuer and levels["document_class"] != "different" else REVIEW


def better(one: str | None, other: str | None) -> str | None:
    """Return the stronger of two outcomes.

    Examples:
        >>> better("review", "hit"), better(None, "review"), better(None, None)
        ('hit', 'review', None)
    """
    ranked = [outcome for outcome in (one, other) if outcome is not None]
    return max(ranked, key=OUTCOMES.index) if ranked else None
