"""Make `matcher/documents/tables/states.tsv` from ISO 3166-1 and CLDR; run by hand when they change.

Needs the packages babel (CLDR names of territories) and pycountry (ISO codes and names), which nothing
else of the project uses: install them in a throw-away environment and run
`python -m benchmarks.make_state_table DATE` with the day of the run, which goes into the header.
What no source holds (ICAO codes, former codes, short and former names) is kept by hand in
`states_extra.tsv` beside the table and is never overwritten.
"""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parents[1] / "matcher" / "documents" / "tables" / "states.tsv"
LOCALES = ("en", "fr", "es", "ar")
HEADER = ("code", "alpha2", "kind", "replaced_by", "group", "related", "names")


def names_of(country: Any, territories: list[dict[str, str]]) -> list[str]:
    """Collect a country's names: ISO short, common and official, then CLDR in four languages."""
    iso = [getattr(country, field, None) for field in ("name", "common_name", "official_name")]
    cldr = [names.get(country.alpha_2) for names in territories]
    written = [name.replace("|", " ").replace("\t", " ") for name in (*iso, *cldr) if name]
    joined = [name.replace("&", "and") for name in written if "&" in name]
    saint = [name.replace("St.", "Saint") for name in (*written, *joined) if "St." in name]
    return list(dict.fromkeys([*written, *joined, *saint]))


def make_table(date: str) -> str:
    """Write the whole table as text, one ISO 3166-1 country a row, in the order of alpha-3 codes."""
    import pycountry  # type: ignore[import-not-found, unused-ignore]
    from babel import Locale  # type: ignore[import-not-found, unused-ignore]

    territories = [dict(Locale.parse(locale).territories) for locale in LOCALES]
    versions = {name: importlib.metadata.version(name) for name in ("babel", "pycountry")}
    lines = [
        "# id: states-1",
        f"# source: ISO 3166-1 by pycountry {versions['pycountry']}; CLDR territory names (Unicode licence) by babel "
        f"{versions['babel']}, locales {' '.join(LOCALES)}",
        f"# date: {date}",
        "# made by benchmarks/make_state_table.py: do not edit, add to states_extra.tsv",
        "\t".join(HEADER),
    ]
    for country in sorted(pycountry.countries, key=lambda country: str(country.alpha_3)):
        names = "|".join(names_of(country, territories))
        lines.append("\t".join((country.alpha_3, country.alpha_2, "iso", "", "", "", names)))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Replace the shipped table; the only argument is the date of the run, YYYY-MM-DD."""
    TABLE.write_text(make_table(sys.argv[1]), encoding="utf-8")


if __name__ == "__main__":
    main()
