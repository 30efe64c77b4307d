"""The OpenAPI description of `POST /v1/screenings`: its parameters, bodies and forms of answer."""

from __future__ import annotations

from typing import Any

import msgspec

from service.passenger_files import FORMATS
from service.routes.contract import id_headers, refused
from service.routes.examples import SCREENED
from service.screening_options import SEVERAL, Options
from service.streams import ARROW, CSV, JSON_LINES

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_CSV = {
    "schema": {"type": "string"},
    "examples": {"one traveller": {"value": "surname,first_name,dob\nERIKSSON,Anna Maria,1974-08-12\n"}},
}
_ROWS = {
    "schema": {"$ref": "#/components/schemas/ScreeningRequest"},
    "examples": {"rows": {"value": {"travellers": [{"reference": "1", "names": ["ERIKSSON, Anna Maria"]}]}}},
}
_ANSWER = (
    "Decisions in the order of the file. As JSON Lines each line is a `ScreeningLine`: `began`, then `decision` lines "
    "with `progress` between, last `ended` or `problem`. As an Arrow stream or CSV: a row a traveller and no more; an "
    "answer that can't be ended is cut off, so that its body is incomplete. With a filter, `X-Filter` names what it "
    "is by, and `matches_filtered` of each traveller counts what it left out."
)


def _parameters() -> list[dict[str, Any]]:
    _, components = msgspec.json.schema_components([Options], ref_template="#/components/schemas/{name}")
    described = []
    for name, schema in components["Options"]["properties"].items():
        plain = next(one for one in schema.get("anyOf", [schema]) if one.get("type") != "null")
        one: dict[str, Any] = {"name": name, "in": "query", "required": False, "schema": plain}
        if name in SEVERAL:
            one |= {"style": "form", "explode": True}
        described.append(one)
    language = {"type": "string", "example": "fr"}
    described.append({"name": "Accept-Language", "in": "header", "required": False, "schema": language})
    return described


DOCUMENTED: dict[str, Any] = {
    "parameters": _parameters(),
    "requestBody": {
        "required": True,
        "description": "A passenger file of any format that the library reads, packed with gzip or not; or rows.",
        "content": {
            "application/json": _ROWS,
            **{media_type: _CSV if media_type == "text/csv" else _BINARY for media_type in FORMATS},
        },
    },
    "responses": {
        "200": {
            "description": _ANSWER,
            "headers": id_headers(),
            "content": {
                JSON_LINES: {"schema": {"$ref": "#/components/schemas/ScreeningLine"}, "example": SCREENED},
                ARROW: _BINARY,
                CSV: {"schema": {"type": "string"}},
            },
        },
        **refused(has_body=True, more=(406,)),
    },
}
