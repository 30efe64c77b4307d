"""Published specimens, and the shared file of them: every one read as the vector file says."""

from __future__ import annotations

import csv

import pytest

from matcher.documents.mrz import parse_mrz
from tests.documents.mrz.zones import SHARED, TODAY, read_vectors

SPECIMENS = read_vectors("mrz_specimens.tsv")


@pytest.mark.parametrize("row", SPECIMENS, ids=[row["zone"][:12] for row in SPECIMENS])
def test_a_published_specimen_is_read_right(row: dict[str, str]) -> None:
    """Every field, which check digits fail, and every warning are as the vector file has them."""
    mrz = parse_mrz(row["zone"].replace("|", "\n"), today=TODAY)
    found = {
        "format": mrz.format,
        "document_number": mrz.document_number,
        "number_prefix": mrz.number_prefix or "",
        "document_class": mrz.document_class,
        "issuing_state": mrz.issuing_state or "",
        "nationality": mrz.nationality or "",
        "birth_date": mrz.birth_date.iso() if mrz.birth_date else "",
        "expiry_date": mrz.expiry_date.iso() if mrz.expiry_date else "",
        "sex": mrz.sex or "",
        "primary": mrz.primary_identifier,
        "secondary": mrz.secondary_identifier,
        "optional_data": mrz.optional_data,
        "optional_data_2": mrz.optional_data_2,
        "valid": str(int(mrz.valid)),
        "failed": " ".join(one.name for one in mrz.check_digits if not one.holds),
        "warnings": " ".join(mrz.warnings),
    }
    assert found == {name: row[name] for name in found}


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared beside the checkout")
def test_every_shared_specimen_is_in_the_vector_file() -> None:
    """No published specimen is left out, and the published word on its check digits is ours."""
    ours = {row["zone"]: row for row in SPECIMENS}
    with (SHARED / "specimens.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            zone = "|".join(line for line in (row["line1"], row["line2"], row["line3"]) if line)
            assert zone in ours
            if row["checks_valid"]:
                assert ours[zone]["valid"] == row["checks_valid"]
