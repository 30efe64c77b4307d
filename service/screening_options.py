"""What the query of `POST /v1/screenings` may say; nothing in it is about a person."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.datastructures import QueryParams

from service.filters import Shown
from service.models import Categories, Lists, Preset, Roles, Word
from service.problems import BodyError


class Options(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How the file is read, which preset decides, and what is shown."""

    format: (
        Annotated[Word, Meta(description="csv, jsonl, xlsx, mrz, parquet or arrow; else by Content-Type.")] | None
    ) = None
    encoding: Annotated[Word, Meta(description="Of a text file; found out by default.")] | None = None
    sheet: Annotated[Word, Meta(description="Of a workbook; the first that isn't hidden by default.")] | None = None
    date_order: Annotated[Word, Meta(description="dmy or mdy; found out by default.")] | None = None
    calendar: Annotated[Word, Meta(description="islamic or persian, for birth years from 1250 to 1450.")] | None = None
    preset: Preset | None = None
    lists: Lists | None = None
    categories: Categories | None = None
    roles: Roles | None = None

    @property
    def shown(self) -> Shown | None:
        """The filter; None without one."""
        return Shown.of(self.lists, self.categories, self.roles)


SEVERAL = ("lists", "categories", "roles")


def options_of(query: QueryParams) -> Options:
    """Read the query.

    Raises:
        BodyError: an unknown parameter, one given twice that may be given once, or a value that it can't have.

    Examples:
        >>> options = options_of(QueryParams("format=csv&lists=sltd&lists=un-sc"))
        >>> options.format, options.lists
        ('csv', ['sltd', 'un-sc'])
    """
    given: dict[str, Any] = {}
    for name in dict.fromkeys(query.keys()):
        values = query.getlist(name)
        if len(values) > 1 and name not in SEVERAL:
            raise BodyError("a parameter of the query stands there twice; give each once")
        given[name] = values if name in SEVERAL else values[0]
    try:
        return msgspec.convert(given, Options)
    except msgspec.ValidationError:
        known = ", ".join(Options.__struct_fields__)
        raise BodyError(f"the query holds an unknown parameter or value; the parameters are {known}") from None
