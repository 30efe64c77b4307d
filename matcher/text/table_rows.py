"""The one way to read a data file of `matcher/text/tables`."""

from __future__ import annotations

from importlib import resources

from matcher.errors import ModelError


def rows(name: str) -> list[list[str]]:
    """Read the rows of `tables/<name>.tsv`, header and comments left out.

    Raises:
        ModelError: a row has another number of cells than the header.

    Examples:
        >>> rows("korean_families")[0][0]
        '강'
    """
    text = resources.files("matcher.text").joinpath(f"tables/{name}.tsv").read_text("utf-8")
    header, *found = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    if any(len(row) != len(header) for row in found):
        raise ModelError(f"{name}.tsv has a row with another number of cells than its header; mend the table")
    return found
