"""Ways in which a name, a birth date or a document number arrives altered.

Each function is pure: the same arguments and the same seed give the same result on any machine. A
function that cannot alter its input (one token to swap, no long token to split) returns it unchanged,
so a caller that must have a difference checks for it. Nothing here knows lists or persons.
"""

from __future__ import annotations

import datetime
import random
import unicodedata
from collections.abc import Sequence
from typing import Protocol

MRZ_NAME_LENGTH = 39  # name field of a passport's machine readable zone, ICAO 9303-4
_TYPO_MIN_LETTERS = 4  # a slip in a shorter token leaves another usual name too often
_SPLIT_MIN_LETTERS = 6
_ALPHABETS = {
    "LATIN": "abcdefghijklmnoprstuvyz",
    "CYRILLIC": "абвгдежзиклмнопрстуфхчшя",
    "ARABIC": "ابتثجحخدرزسشصطعغفقكلمنهوي",
}
_NOT_DECOMPOSED = str.maketrans({"ı": "i", "ß": "ss", "ø": "oe", "Ø": "OE", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L"})


class Alter(Protocol):
    """The form of every function here that alters a name."""

    def __call__(self, name: str, *, seed: int | str) -> str:
        """Return the name altered."""


def typo(name: str, *, seed: int | str) -> str:
    """Make one slip of the keyboard in one token of four letters or more.

    The slip is an insertion, a deletion, a substitution or the swap of two neighbours, at any place.

    Examples:
        >>> typo("Yusuf Karimov", seed=1)
        'Yusuf Karijmov'
        >>> typo("Li Wu", seed=1)
        'Li Wu'
    """
    draw = random.Random(f"typo/{seed}")
    tokens = name.split(" ")
    long_rows = [row for row, token in enumerate(tokens) if sum(map(str.isalpha, token)) >= _TYPO_MIN_LETTERS]
    if not long_rows:
        return name
    row = draw.choice(long_rows)
    slipped = tokens[row]
    while slipped == tokens[row]:
        slipped = _slip(tokens[row], draw)
    tokens[row] = slipped
    return " ".join(tokens)


def _slip(token: str, draw: random.Random) -> str:
    at = draw.choice([place for place, letter in enumerate(token) if letter.isalpha()])
    letter = _letter_like(token[at], draw)
    kind = draw.choice(("insert", "delete", "substitute", "swap"))
    if kind == "insert":
        return token[:at] + letter + token[at:]
    if kind == "delete":
        return token[:at] + token[at + 1 :]
    if kind == "substitute":
        return token[:at] + letter + token[at + 1 :]
    return token[:at] + token[at + 1 : at + 2] + token[at] + token[at + 2 :]


def _letter_like(model: str, draw: random.Random) -> str:
    script = unicodedata.name(model, "LATIN").split(" ")[0]
    letter = draw.choice(_ALPHABETS.get(script, _ALPHABETS["LATIN"]))
    return letter.upper() if model.isupper() else letter


def two_typos(name: str, *, seed: int | str) -> str:
    """Make two slips, each as in `typo`; they may fall in the same token.

    Examples:
        >>> two_typos("Konstantin Aleksandrovich", seed=4)
        'Knostantin Aleksacndrovich'
    """
    return typo(typo(name, seed=f"{seed}/1"), seed=f"{seed}/2")


def typo_in_longest(name: str, *, seed: int | str) -> str:
    """Make one slip in the longest token, the first of several.

    Examples:
        >>> typo_in_longest("Anna Eriksson", seed=1)
        'Anna Erikbsson'
    """
    tokens = name.split(" ")
    row = max(range(len(tokens)), key=lambda at: len(tokens[at]))
    return " ".join([*tokens[:row], typo(tokens[row], seed=seed), *tokens[row + 1 :]])


def typo_in_every(name: str, *, seed: int | str) -> str:
    """Make one slip in every token of four letters or more.

    Examples:
        >>> typo_in_every("Anna Li Eriksson", seed=1)
        'Annk Li Erikssdn'
    """
    return " ".join(typo(token, seed=f"{seed}/{at}") for at, token in enumerate(name.split(" ")))


def swap_order(name: str, *, seed: int | str = 0) -> str:
    """Put the last token first, with a comma in half of the cases.

    Examples:
        >>> swap_order("Anna Maria Eriksson", seed=1), swap_order("Anna Maria Eriksson", seed=2)
        ('Eriksson Anna Maria', 'Eriksson, Anna Maria')
    """
    *first, last = name.split(" ")
    if not first:
        return name
    comma = random.Random(f"swap/{seed}").choice((",", ""))
    return f"{last}{comma} {' '.join(first)}"


def first_last(name: str, *, seed: int | str = 0) -> str:
    """Put the first token last.

    Examples:
        >>> first_last("Anna Maria Eriksson")
        'Maria Eriksson Anna'
    """
    first, *rest = name.split(" ")
    return " ".join([*rest, first])


def drop_token(name: str, *, seed: int | str) -> str:
    """Leave out one token between the first and the last.

    Examples:
        >>> drop_token("Anna Maria Eriksson", seed=1), drop_token("Anna Eriksson", seed=1)
        ('Anna Eriksson', 'Anna Eriksson')
    """
    tokens = name.split(" ")
    if len(tokens) < 3:
        return name
    gone = random.Random(f"drop/{seed}").randrange(1, len(tokens) - 1)
    return " ".join(tokens[:gone] + tokens[gone + 1 :])


def glue(name: str, *, seed: int | str) -> str:
    """Write two neighbouring tokens as one.

    Examples:
        >>> glue("Abd al Rahman", seed=1)
        'Abdal Rahman'
    """
    tokens = name.split(" ")
    if len(tokens) < 2:
        return name
    at = random.Random(f"glue/{seed}").randrange(len(tokens) - 1)
    return " ".join([*tokens[:at], tokens[at] + tokens[at + 1].lower(), *tokens[at + 2 :]])


def glue_all(name: str, *, seed: int | str = 0) -> str:
    """Write the whole name as one word, without hyphens and apostrophes.

    Examples:
        >>> glue_all("Abd al-Rahman Sa'id")
        'Abdalrahmansaid'
    """
    return "".join(letter for letter in name if letter.isalpha()).capitalize()


def split(name: str, *, seed: int | str) -> str:
    """Write one token of six letters or more as two, each of three letters or more.

    Examples:
        >>> split("Salahuddin Khan", seed=1)
        'Sal Ahuddin Khan'
    """
    draw = random.Random(f"split/{seed}")
    tokens = name.split(" ")
    rows = [row for row, token in enumerate(tokens) if len(token) >= _SPLIT_MIN_LETTERS and token.isalpha()]
    if not rows:
        return name
    row = draw.choice(rows)
    at = draw.randrange(3, len(tokens[row]) - 2)
    tail = tokens[row][at:]
    tokens[row : row + 1] = [tokens[row][:at], tail[0].upper() + tail[1:]]
    return " ".join(tokens)


def initial(name: str, *, seed: int | str) -> str:
    """Shorten one token other than the last to its first letter and a point.

    Examples:
        >>> initial("Anna Maria Eriksson", seed=1)
        'Anna M. Eriksson'
    """
    tokens = name.split(" ")
    if len(tokens) < 2:
        return name
    at = random.Random(f"initial/{seed}").randrange(len(tokens) - 1)
    tokens[at] = f"{tokens[at][0]}."
    return " ".join(tokens)


def first_initial(name: str, *, seed: int | str = 0) -> str:
    """Shorten the first token to its first letter.

    Examples:
        >>> first_initial("Anna Maria Eriksson")
        'A Maria Eriksson'
    """
    first, *rest = name.split(" ")
    return " ".join([first[:1], *rest]) if rest else name


def truncate(name: str, *, length: int = MRZ_NAME_LENGTH) -> str:
    """Cut a name after a number of characters, as a field of fixed width does.

    Examples:
        >>> truncate("Konstantin Aleksandrovich", length=16)
        'Konstantin Aleks'
    """
    return name[:length].rstrip(" <-")


def respell(chosen: Sequence[str], spellings: Sequence[Sequence[str]], *, seed: int | str) -> list[str]:
    """Spell at least one part of a name in another usual way.

    Args:
        chosen: The spelling in use of each part.
        spellings: All usual spellings of each part, in the same order.
        seed: Decides which parts change (each one that can with probability 1/2, one at least).

    Examples:
        >>> respell(["Yusuf", "Khan"], [["Yusuf", "Youssef"], ["Khan"]], seed=1)
        ['Youssef', 'Khan']
    """
    draw = random.Random(f"respell/{seed}")
    others = [[text for text in usual if text != now] for now, usual in zip(chosen, spellings, strict=True)]
    changeable = [row for row, usual in enumerate(others) if usual]
    if not changeable:
        return list(chosen)
    sure = draw.choice(changeable)
    changed = {row for row in changeable if draw.random() < 0.5} | {sure}
    return [draw.choice(others[row]) if row in changed else text for row, text in enumerate(chosen)]


def mrz_name(family: str, given: str, *, length: int = MRZ_NAME_LENGTH) -> str:
    """Write a Latin name as a machine readable zone does: `FAMILY<<GIVEN<NAMES`, cut at the field's end.

    Accents are dropped, hyphens and spaces become `<`, apostrophes vanish (ICAO 9303-3, 4.6).

    Examples:
        >>> mrz_name("Al-Khatib", "Yusuf Omar")
        'AL<KHATIB<<YUSUF<OMAR'
    """
    return truncate(f"{_mrz_text(family)}<<{_mrz_text(given)}", length=length)


def _mrz_text(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_NOT_DECOMPOSED))
    kept = "".join(letter for letter in plain if letter.isalnum() or letter in " -")
    return kept.upper().replace("-", " ").replace(" ", "<")


def loosen_number(number: str, *, seed: int | str) -> str:
    """Write a document number as people do: in lower case, or with a space or a hyphen after two or three.

    Examples:
        >>> [loosen_number("AB1234567", seed=seed) for seed in range(3)]
        ['AB1 234567', 'AB1-234567', 'AB 1234567']
    """
    draw = random.Random(f"loosen/{seed}")
    at = draw.choice((2, 3))
    text = number[:at] + draw.choice((" ", "-")) + number[at:]
    return text.lower() if draw.random() < 0.5 else text


def swap_day_month(day: datetime.date, *, seed: int | str = 0) -> str:
    """Write a date with day and month in each other's place, unchanged where no such date exists.

    Examples:
        >>> swap_day_month(datetime.date(1980, 3, 7)), swap_day_month(datetime.date(1980, 3, 17))
        ('1980-07-03', '1980-03-17')
    """
    return day.isoformat() if day.day > 12 else day.replace(month=day.day, day=day.month).isoformat()


def shift_year(day: datetime.date, *, seed: int | str) -> str:
    """Write a date one year too early or too late; 29 February becomes the 28th.

    Examples:
        >>> shift_year(datetime.date(1980, 2, 29), seed=1)
        '1979-02-28'
    """
    year = day.year + random.Random(f"year/{seed}").choice((-1, 1))
    return day.replace(year=year, day=min(day.day, 28) if day.month == 2 else day.day).isoformat()
