"""Workbooks made part by part, so that a test can break any of them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"


def sheet_of(rows: Iterable[Sequence[str | None]]) -> str:
    """Write a sheet with inline texts."""
    lines = (
        "".join(
            f'<c t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>' if cell is not None else "<c/>"
            for cell in row
        )
        for row in rows
    )
    return f"<worksheet {MAIN}><sheetData>{''.join(f'<row>{line}</row>' for line in lines)}</sheetData></worksheet>"


def write_xlsx(path: Path, sheet: str, parts: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Write a workbook of one sheet; `parts` adds or replaces parts, None leaves one out."""
    content: dict[str, str | bytes | None] = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": f"<workbook {MAIN} xmlns:r={quoteattr(RELATIONS)}><sheets>"
        '<sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<R><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></R>',
        SHEET: sheet,
        **(parts or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for part, text in content.items():
            if text is not None:
                packed.writestr(part, text)
    return path
