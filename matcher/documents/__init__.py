"""Documents: comparable forms of what stands on a travel document.

In the order of the flow: `numbers` (document numbers to keys), `types` (codes and words to classes),
`states` (issuers and nationalities to three-letter codes, issuer groups), `sex`. `words` reads their
tables. The machine readable zone comes later. Nothing here looks at the other side of a comparison.
"""

from matcher.documents.numbers import is_key, lookup_key, normalise
from matcher.documents.sex import is_readable_sex, sex_code
from matcher.documents.states import issuer_group, nationality_code, same_issuer, soft_related, state_code
from matcher.documents.types import CLASSES, document_class

__all__ = [
    "CLASSES",
    "document_class",
    "is_key",
    "is_readable_sex",
    "issuer_group",
    "lookup_key",
    "nationality_code",
    "normalise",
    "same_issuer",
    "sex_code",
    "soft_related",
    "state_code",
]
