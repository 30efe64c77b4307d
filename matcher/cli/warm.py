"""`epervier warm`: what the first question would otherwise wait for."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matcher.cli.terminal import say

if TYPE_CHECKING:
    from matcher.watchlist import Watchlist

# Two made-up lists, as small as those may be that are searched by every kernel.
PERSONS = "entry_id,name,born\n1,Yusuf Abd al-Rahman,1971-03-02\n2,يوسف عبد الرحمن,\n3,Юсуф Рахман,1974\n"
MAPPING = '[columns]\nentry_id = "entry_id"\nname = "name"\nbirth_date = "born"\n'
DOCUMENTS = """document_number,issuing_state,document_type,status,reported_on,issued_on,expires_on,review_on,\
national_reference,note
L898902C3,UTO,P,stolen,2025-01-02,,,,,
AB1234567,IRQ,P,lost,2024-05-06,,,,,
"""


def warm(
    store: Annotated[
        Path | None,
        typer.Option(
            "--store", metavar="DIR", envvar="EPERVIER_STORE", help="Open this store's lists; by default two made up."
        ),
    ] = None,
) -> None:
    """Open the lists in force and compile what searches them, once on a machine: for images and before a start.

    Without a store, what imports lists is compiled as well.
    """
    import matcher

    if store is not None:
        watchlist = matcher.Store(str(store)).open()
        watchlist.warm()
        say(f"{len(watchlist.lists()):,} lists are ready to be searched")
        return
    with tempfile.TemporaryDirectory() as folder:
        made_up(Path(folder)).warm()
    say("compiled: lists can be imported and searched")


def made_up(folder: Path) -> Watchlist:
    """Import the made-up lists into a store in a folder, and open them."""
    import matcher

    for name, text in (("persons.csv", PERSONS), ("persons.toml", MAPPING), ("documents.csv", DOCUMENTS)):
        (folder / name).write_text(text, encoding="utf-8")
    store = matcher.Store(str(folder / "store"))
    persons, mapping = str(folder / "persons.csv"), str(folder / "persons.toml")
    store.import_list("persons", format="mapped-csv", path=persons, mapping=mapping)
    store.import_list("documents", format="sltd-csv", path=str(folder / "documents.csv"))
    return store.open()
