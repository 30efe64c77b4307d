"""What the command line works with: the service's database, and the audit in which its acts are kept.

An act is recorded before it is done: one that was recorded and then failed leaves a record too many, never
one too few.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.errors import InputError
from service.commands import needing_the_service, read_settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from service.keys import Keys
    from service.settings import Settings


class Office:
    """The database of the settings, opened for one command."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self.settings, self.engine = settings, engine

    @property
    def keys(self) -> Keys:
        """Changes keys."""
        from service.keys import Keys

        return Keys(self.engine, self.settings.checkpoint_folder)

    def record(self, act: str, **about: Any) -> None:
        """Keep the record of an act: ids and counts, never a name or a number.

        Raises:
            AuditError: it can't be kept; the act must not be done.
        """
        from service.audit.chain import Chain, Entry
        from service.audit.record import Record
        from service.database.tables import now

        chain = Chain(self.engine, self.settings)
        try:
            about = {"by": "command line", "uid": os.getuid(), **about}
            chain.append([Entry(Record(at=now(), kind="act", what=act, about=about))])
        finally:
            chain.close()


@contextlib.contextmanager
def office(store: Path | None, config: Path | None) -> Iterator[Office]:
    """Open the service's database for a command.

    Raises:
        InputError: the store's folder isn't there.
        DatabaseError: the database can't be used.
    """
    with needing_the_service():
        from service.database.engine import open_engine
    settings = read_settings(config=config, store=store)
    if not settings.store.is_dir():
        raise InputError(f"{settings.store} is not a folder; import a list into it first: epervier lists import")
    engine = open_engine(settings)
    try:
        yield Office(settings, engine)
    finally:
        engine.dispose()
