"""What the page's form sends, and the question that it asks."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers

from matcher.records import Document, Traveller
from service.models import LONGEST_TEXT
from service.problems import BodyError, OriginError
from service.questions import Question

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 50
_OWN_SITE = ("same-origin", "none")  # of Sec-Fetch-Site; none: typed, or from a bookmark


@dataclass(frozen=True, slots=True)
class Fields:
    """The form's fields as text, empty where nothing was entered."""

    mrz: str = ""
    name: str = ""
    other_name: str = ""
    birth_date: str = ""
    sex: str = ""
    nationality: str = ""
    birth_place: str = ""
    number: str = ""
    issuing_state: str = ""
    type: str = ""
    preset: str = ""
    lang: str = ""
    key: str = field(default="", repr=False)
    purpose: str = ""

    def question(self) -> Question:
        """Return what is asked: the zone if there is one, else the traveller.

        Raises:
            BodyError: nothing was entered.
        """
        preset = self.preset or None
        if self.mrz:
            return Question(zones=[self.mrz], is_one_zone=True, preset=preset)
        names = [name for name in (self.name, self.other_name) if name]
        if not names and not self.number:
            raise BodyError("the form is empty; enter a name, a document number or a machine readable zone")
        documents = [Document(self.number, self.issuing_state or None, self.type or None)] if self.number else []
        traveller = Traveller(
            names=names,
            birth_date=self.birth_date or None,
            sex=self.sex or None,
            nationalities=[self.nationality] if self.nationality else [],
            birth_place=self.birth_place or None,
            documents=documents,
            reference="1",
            source="manual",
        )
        return Question([traveller], preset=preset)


def fields_of(raw: bytes) -> Fields:
    """Read a form's body; fields that it doesn't know are passed over.

    Raises:
        BodyError: not UTF-8, too many fields, or one that is too long or holds a NUL character.

    Examples:
        >>> fields_of(b"name=Anna+Eriksson&birth_date=1974").name
        'Anna Eriksson'
    """
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:  # UnicodeDecodeError among them
        raise BodyError(f"the form is not UTF-8, or has more than {MOST_FIELDS} fields; use the page's own") from None
    known = {one.name for one in fields(Fields)}
    given = {name: text.strip() for name, text in pairs if name in known}
    if any(len(text) > LONGEST_TEXT or "\0" in text for text in given.values()):
        raise BodyError(f"a field is longer than {LONGEST_TEXT:,} characters or holds a NUL character; shorten it")
    return Fields(**given)


def check_origin(headers: Headers, scheme: str) -> None:
    """Refuse a form that another site's page sent: its visitor would leave a record here unawares.

    Raises:
        OriginError: the browser says that it comes from elsewhere.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    is_own = site in _OWN_SITE if site else origin is None or urlsplit(origin).netloc == headers.get("host", "")
    if not is_own:
        raise OriginError("the form was sent by another site's page; open this page itself")
