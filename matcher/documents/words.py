"""Tables of words and codes, and the folded key by which a word is looked up.

Used by `types`, `states`, `sex` and by the passenger readers' table of headers. A table is a TSV file
beside the code: `#` lines give id, source and date, then a header line, then one row a line.

Steps of `fold`: casefold -> NFKD -> combining marks and tatweel dropped -> letters of Persian and Urdu
keyboards, ta marbuta and alef maksura to their Arabic neighbour -> everything but letters and digits
to a space -> runs of spaces to one.
Not here: names of persons (`matcher.text`) and document numbers (`matcher.documents.numbers`).
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

from matcher.errors import ModelError
from matcher.files import LOCAL_DISK, Disk

# Spelling habits, not meaning: قطر is written the same, but سوريه/سورية and فرانسه/فرانسة are not.
_NEIGHBOURS = str.maketrans({"ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه", "ـ": None})


def fold(text: str) -> str:
    """Fold a word or phrase to the key by which the tables hold it.

    Args:
        text: Any text, any script; may be empty.

    Returns:
        Lower-case letters and digits separated by single spaces; empty when there are none.

    Examples:
        >>> fold("Côte d’Ivoire"), fold("Iran (Islamic Republic of)")
        ('cote d ivoire', 'iran islamic republic of')
    """
    if text.isascii():
        kept = text.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        kept = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).translate(_NEIGHBOURS)
    return " ".join("".join(letter if letter.isalnum() else " " for letter in kept).split())


def read_table(path: Path, *, disk: Disk = LOCAL_DISK) -> list[dict[str, str]]:
    """Read a table file into one dict a row, keys from its header line.

    Args:
        path: The TSV file; lines that begin with `#` are comments.
        disk: The seam for disk access.

    Returns:
        Rows in file order; an empty cell is an empty string.

    Raises:
        ModelError: a row has another number of cells than the header; nothing starts with a bad table.
    """
    lines = disk.read(path).decode("utf-8").splitlines()
    header: list[str] = []
    rows = []
    for number, line in enumerate(lines, 1):
        if line.startswith("#") or not line.strip():
            continue
        cells = line.split("\t")
        if not header:
            header = cells
        elif len(cells) != len(header):
            raise ModelError(f"{path.name} line {number} has {len(cells)} cells, {len(header)} needed; mend the table")
        else:
            rows.append(dict(zip(header, cells, strict=True)))
    return rows
