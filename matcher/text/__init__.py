"""Names to comparable forms: the same rules for travellers and for list entries.

Flow: `unicode.clean` -> `words.split_words` -> `translit` (one module a script) -> `particles.join` ->
`names.analyse_name`. Each token keeps the text that it came from. Nothing here looks at the other side
of a comparison, and nothing here knows a weight.
"""

from matcher.text.names import analyse_name, has_letter
from matcher.text.tokens import Token

NORMALISER_VERSION = "n4"  # change it whenever any rule or table below changes a form

__all__ = ["NORMALISER_VERSION", "Token", "analyse_name", "has_letter"]
