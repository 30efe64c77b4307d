"""Options that several commands share, written once so that they mean the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

StoreOption = Annotated[
    Path, typer.Option("--store", metavar="DIR", envvar="EPERVIER_STORE", help="Folder of the list store.")
]
MappingOption = Annotated[
    Path | None, typer.Option("--mapping", metavar="FILE", help="TOML file that names the columns.")
]
PolicyOption = Annotated[
    Path | None, typer.Option("--policy", metavar="FILE", help="TOML file of the list's policy; else the one in force.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
LocaleOption = Annotated[str, typer.Option("--locale", metavar="LL", help="Language of the reasons: en, fr, ar or es.")]
PresetOption = Annotated[
    str | None,
    typer.Option("--preset", metavar="NAME", help="high-recall, balanced (the default) or high-precision."),
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Fail when a row cannot be read; nothing is changed.")]
RejectsOption = Annotated[
    Path | None, typer.Option("--rejects", metavar="FILE", help="Write a CSV report of rejected rows.")
]
