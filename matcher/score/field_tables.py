"""What the tables of fields must keep, and shares of nationalities: read and checked when a model is loaded.

Closer is never worse: the ladders of `compare.birth_date` and `compare.birth_place` name levels of which a later one
may not weigh more. Shares come from a reference table of the model, never from a list in force (rule 4).
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterable, Mapping
from importlib import resources

from matcher.compare import birth_date, birth_place
from matcher.documents.states import issuer_group, nationality_code
from matcher.errors import ModelError

LADDERS = {
    "birth_date": birth_date.LADDERS,
    "birth_place": birth_place.LADDERS,
    "sex": (("same", "different"),),
    "document_issuer": (("same", "related", "missing", "different"),),
    "near_document_issuer": (("same", "related", "missing", "different"),),
    "document_class": (("same", "missing", "different"),),
    "document_expiry": (("same", "different"),),
    "nationality": (("same", "related", "different"),),
}
_FILE = "nationality_shares.tsv"


@functools.cache
def load_shares(model_id: str) -> Mapping[str, float]:
    """Read the shares of nationalities of a shipped model.

    Raises:
        ModelError: the table is missing or breaks a rule.

    Examples:
        >>> load_shares("names-1")["IND"] > load_shares("names-1")["LBN"]
        True
    """
    folder = resources.files("matcher.score").joinpath("models", model_id)
    try:
        text = folder.joinpath(_FILE).read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError) as error:
        raise ModelError(f"model {model_id!r} has no readable {_FILE}; restore it") from error
    return parse_shares(model_id, text)


def parse_shares(model_id: str, text: str) -> Mapping[str, float]:
    """Check the text of a table of shares: `code<TAB>count` lines and `# total:`; codes stand for their groups."""
    total, counts = 0.0, dict[str, float]()
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("# total:"):
            total = float(line.partition(":")[2])
        elif line and not line.startswith(("#", "code\t")):
            code, _, count = line.partition("\t")
            is_count = count.replace(".", "", 1).isdecimal()
            if nationality_code(code) != code or issuer_group(code) != code or code in counts or not is_count:
                raise ModelError(f"model {model_id}: {_FILE} line {number} is not `code<TAB>count` of a new code")
            counts[code] = float(count)
    if not counts or not total > 0 or max(counts.values()) > total:
        raise ModelError(f"model {model_id}: {_FILE} needs counts, and a `# total:` that none of them exceeds")
    return {code: count / total for code, count in counts.items()}


def common_nationality_bits(
    weights: Mapping[str, Mapping[str, float]], shares: Mapping[str, float], codes: Iterable[str]
) -> float:
    """Weigh nationalities in common: the rarest counts, and no rarity says more than the level `same`."""
    table = weights["nationality_share"]
    share = min(shares.get(code, 0.0) for code in codes)
    return min(weights["nationality"]["same"], math.log2(table["agree"] / (share + table["floor_share"])))


def check_fields(model_id: str, weights: Mapping[str, Mapping[str, float]], shares: Mapping[str, float]) -> None:
    """Refuse tables in which a farther value weighs more than a closer one, or a share or factor out of bounds.

    Raises:
        ModelError: see above.
    """
    for feature, ladders in LADDERS.items():
        for ladder in ladders:
            for closer, farther in itertools.pairwise(ladder):
                if weights[feature][closer] < weights[feature][farther]:
                    raise ModelError(
                        f"model {model_id}: [{feature}] {farther} weighs more than {closer}; closer is more"
                    )
    for name in ("source_support", "source_oppose"):
        if not all(0 < factor <= 1 for factor in weights[name].values()):
            raise ModelError(f"model {model_id}: [{name}] holds factors above 0, at most 1")
    if not all(0 < share < 1 for share in weights["nationality_share"].values()):
        raise ModelError(f"model {model_id}: [nationality_share] holds shares, each between 0 and 1")
    lowest = min(common_nationality_bits(weights, shares, [code]) for code in shares)
    if lowest < weights["nationality"]["related"]:
        raise ModelError(f"model {model_id}: [nationality] related weighs more than the commonest nationality shared")
