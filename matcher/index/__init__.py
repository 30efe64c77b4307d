"""Segments: what is derived from one list version so that it can be searched, built once and mapped.

`build_segment` makes the tables of a segment from the persons and documents of a list version; `names` and `documents`
open them. A segment depends on the normaliser and on `INDEX_VERSION`, which is raised when the reference tables change
that tell how rare and how well known a token is; never on the weights of a model.
"""

from __future__ import annotations

import pyarrow as pa

from matcher.index.document_tables import Progress, build_documents
from matcher.index.series import build_series
from matcher.snapshot.documents import DocumentRows

__all__ = ["INDEX_VERSION", "Progress", "build_segment"]
INDEX_VERSION = 14  # change it whenever a table below changes its shape or meaning


def build_segment(
    persons: pa.Table, documents: DocumentRows, *, progress: Progress | None = None
) -> dict[str, pa.Table]:
    """Derive the searchable tables of one list version.

    Args:
        persons: `PERSON_ENTRY` rows; only kind `person` is made searchable by name.
        documents: The list version's documents.
        progress: Called with document rows done and in all.

    Returns:
        Tables by name: those of `names.NAME_TABLES`, `document_series`, and those of `DOCUMENT_TABLES`.

    Cost:
        About 0.2 ms a person with three names; memory for the whole list.
    """
    from matcher.index.names import build_names  # imports numba

    tables = {**build_names(persons), **build_documents(documents, progress=progress)}
    return {**tables, "document_series": build_series(documents)}
