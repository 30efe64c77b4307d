"""Transliteration as ICAO prints it in the machine readable zone: Latin, Cyrillic and Arabic letters to A-Z, and back.

Words stand one by one here, without `<`: a component of a name. `X` is an escape: in the Arabic scheme it precedes
(`XH` is ح), in the Latin table `XX` follows (`NXX` is Ñ).
Steps of an encoder: upper case, NFC -> letters by the table -> other Latin letters lose their marks -> the rest is
refused or dropped as the table says. Steps of the Arabic decoder: ICAO's own exceptions (`ALLXH` is `ALLH`) -> codes
from left to right, prefix-free -> all or nothing.
Not here: hyphens, apostrophes and the order of a name (`matcher.documents.mrz`); romanisation for comparison, which is
the business of the other modules of this folder.

Source: ICAO Doc 9303-3 section 6 and appendix B (`tables/icao_*.tsv`).
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence

from matcher.errors import InputError
from matcher.text.table_rows import rows

SHADDA = "\u0651"
LANGUAGES = ("be", "bg", "mk", "sr", "uk")  # of Cyrillic names: those with exceptions in the table
_TEH_MARBUTA = "ة"
# An Arabic word doesn't begin with these letters, and إ stands inside only after the article or a glued particle.
_NEVER_FIRST = frozenset("ئءؤةىں")
_INNER_HAMZA = re.compile("(?<!^)(?<!^ال)(?<!^و)إ")
_LONGEST = 60  # characters of one component; a name field has 39


@functools.cache
def arabic_codes() -> dict[str, str]:
    """Return the 68 Arabic-script letters and their codes, `XTA` for ة."""
    return {chr(int(point, 16)): code for kind, point, code, _ in rows("icao_arabic") if kind == "letter"}


@functools.cache
def _not_encoded() -> frozenset[str]:
    return frozenset(chr(int(point, 16)) for kind, point, _, _ in rows("icao_arabic") if kind == "not_encoded")


@functools.cache
def _letters_of_codes() -> dict[str, str]:
    letters: dict[str, str] = {}
    for _, point, code, _ in rows("icao_arabic"):
        if code:
            letters.setdefault(code, chr(int(point, 16)))  # `Y` is 064A before 06D0 (9303-3 B.6)
    return letters


@functools.cache
def _code_pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(_letters_of_codes(), key=len, reverse=True)))


def encode_arabic(word: str) -> str:
    """Encode one Arabic-script word, short vowels and tatweel left out, shadda by doubling.

    Raises:
        InputError: the word holds a letter that the table does not have.

    Examples:
        >>> encode_arabic("محمد"), encode_arabic("فضّة"), encode_arabic("نعيمة"), encode_arabic("الله")
        ('MXHMD', 'FXDZXDZXAH', 'NEYMXAH', 'ALLH')
    """
    codes: list[str] = []
    letters = unicodedata.normalize("NFKC", word)
    last = len(letters.rstrip("".join(_not_encoded()) + SHADDA)) - 1
    for place, letter in enumerate(letters):
        if letter == SHADDA:
            codes += codes[-1:]
        elif letter == _TEH_MARBUTA and place == last:
            codes.append("XAH")
        elif (code := arabic_codes().get(letter)) is not None:
            codes.append(code)
        elif letter not in _not_encoded():
            raise InputError("a name has a letter outside ICAO's Arabic table; write it with letters of the table")
    return "".join(codes)


def decode_arabic(component: str, *, may_be_cut: bool = False) -> tuple[str, ...]:
    """Decode one component of the Arabic X scheme; empty unless every character belongs to a code.

    Args:
        component: Letters A-Z as printed between two fillers.
        may_be_cut: The name field was truncated here, so a last code of which only the beginning stands is dropped.

    Returns:
        Readings, likeliest first: doubled codes as shadda, then as two letters; a final `P` also as ة, which some
        public encoders write.

    Examples:
        >>> decode_arabic("MXHMD"), decode_arabic("EBBAS"), decode_arabic("ALLXH") == decode_arabic("ALLH")
        (('محمد',), ('عبّاس', 'عبباس'), True)
        >>> decode_arabic("CAROLINE"), decode_arabic("MXHMDX"), decode_arabic("MXHMDX", may_be_cut=True)
        ((), (), ('محمد',))
    """
    letters = _decode(component, may_be_cut)
    if not letters:
        return ()
    readings = [_with_shadda(letters), "".join(letters)]
    if letters[-1] == "پ":
        readings += [reading[:-1] + _TEH_MARBUTA for reading in readings]
    return tuple(dict.fromkeys(readings))


def _decode(component: str, may_be_cut: bool) -> list[str]:
    if not component or len(component) > _LONGEST:
        return []
    if component.endswith("LLXH"):  # ICAO's examples print الله with the code that ه had in a draft
        component = component[:-2] + "H"
    table, pattern = _letters_of_codes(), _code_pattern()
    letters: list[str] = []
    at = 0
    while at < len(component):
        found = pattern.match(component, at)
        if found is None:
            rest = component[at:]
            is_cut_code = may_be_cut and any(code.startswith(rest) for code in table)
            return letters if is_cut_code else []
        letters.append(table[found.group()])
        at = found.end()
    return letters


def _with_shadda(letters: Sequence[str]) -> str:
    text = ""
    for letter in letters:
        text += SHADDA if text.endswith(letter) and letter != "ا" else letter
    return text


def is_arabic_coded(component: str, *, may_be_cut: bool = False) -> bool:
    """Tell whether a component looks like the Arabic X scheme rather than a name in Latin letters.

    It needs an escape, must decode wholly, and the word must be one that Arabic writing allows: no hamza carrier,
    teh marbuta or alef maksura at its beginning, no إ inside.

    Examples:
        >>> [word for word in ("MXHMD", "ALSFAXH", "XIE", "DIXIE", "ALEX", "MARIA") if is_arabic_coded(word)]
        ['MXHMD', 'ALSFAXH']
    """
    if "X" not in component or not (letters := _decode(component, may_be_cut)):
        return False
    word = "".join(letters)
    return len(word) > 1 and word[0] not in _NEVER_FIRST and not _INNER_HAMZA.search(word)


def fold_arabic_codes(component: str) -> str:
    """Fold a component of the Arabic X scheme to one form for what ICAO asks matching to treat alike.

    `XTA` is `XAH`, a doubled code is single, `XYA` and `XAY` are `Y`, `ALLXH` is `ALLH`, `XV` is `V`; a component
    that is not of the scheme is returned as it is.

    Examples:
        >>> fold_arabic_codes("FXDZXDZXTA"), fold_arabic_codes("XYAWSF"), fold_arabic_codes("SMITH")
        ('FXDZXAH', 'YWSF', 'SMITH')
    """
    letters = _decode(component, may_be_cut=False)
    codes: list[str] = []
    for letter in letters:
        code = {"XTA": "XAH", "XYA": "Y", "XAY": "Y"}.get(arabic_codes()[letter], arabic_codes()[letter])
        if not codes or codes[-1] != code:
            codes.append(code)
    return "".join(codes) or component


@functools.cache
def _latin() -> dict[str, tuple[str, ...]]:
    return {letter: tuple(spellings.split("|")) for letter, spellings in rows("icao_latin")}


@functools.cache
def _latin_readings() -> dict[str, str]:
    return {one: letter for letter, spellings in _latin().items() for one in spellings if one.endswith("XX")}


def encode_latin(word: str, *, alternative: int = 0) -> str:
    """Encode one Latin word; letters with several allowed spellings take the chosen one, or their last.

    Characters that are no Latin letter are dropped.

    Examples:
        >>> encode_latin("Müller"), encode_latin("Müller", alternative=1), encode_latin("Müller", alternative=2)
        ('MUELLER', 'MUXXLLER', 'MULLER')
        >>> encode_latin("Łukasz"), encode_latin("Straße"), encode_latin("Nguyễn")
        ('LUKASZ', 'STRASSE', 'NGUYEN')
    """
    return "".join(_latin_letter(letter, alternative) for letter in _upper(word))


def _upper(word: str) -> str:
    return unicodedata.normalize("NFC", word).replace("ß", "ẞ").replace("ı", "I").upper()


def _latin_letter(letter: str, alternative: int) -> str:
    if spellings := _latin().get(letter):
        return spellings[min(alternative, len(spellings) - 1)]
    decomposed = unicodedata.normalize("NFKD", letter)
    plain = (spelling for one in decomposed for spelling in _latin().get(one, (one,))[:1])
    return "".join(one for one in "".join(plain) if "A" <= one <= "Z")


def latin_spellings(word: str) -> tuple[str, ...]:
    """List the spellings of a Latin word that a machine readable zone may show, the default one first.

    Examples:
        >>> latin_spellings("MÜLLER"), latin_spellings("Smith")
        (('MUELLER', 'MUXXLLER', 'MULLER'), ('SMITH',))
    """
    return tuple(dict.fromkeys(encode_latin(word, alternative=one) for one in range(3)))


def decode_latin(component: str) -> str:
    """Read the `XX` spellings of a component back to their national letters.

    Examples:
        >>> decode_latin("MUXXLLER"), decode_latin("CANXXON"), decode_latin("MUELLER")
        ('MÜLLER', 'CAÑON', 'MUELLER')
    """
    for spelling, letter in _latin_readings().items():
        component = component.replace(spelling, letter)
    return component


@functools.cache
def _cyrillic(language: str | None) -> tuple[dict[str, str], dict[str, str]]:
    codes: dict[str, str] = {}
    initial: dict[str, str] = {}
    for letter, code, exceptions in rows("icao_cyrillic"):
        own = dict(one.split("=") for one in exceptions.split())
        codes[letter] = own.get(language or "", code)
        initial[letter] = own.get(f"{language}_initial", codes[letter])
    return codes, initial


def encode_cyrillic(word: str, *, language: str | None = None) -> str:
    """Encode one Cyrillic word.

    Args:
        word: The word, any case.
        language: One of `LANGUAGES` where the name's language has exceptions in the table, else None.

    Raises:
        InputError: an unknown language, or a letter that the table does not have.

    Examples:
        >>> encode_cyrillic("Хрущёв"), encode_cyrillic("Сергій", language="uk"), encode_cyrillic("Юрій", language="uk")
        ('KHRUSHCHEV', 'SERHII', 'YURII')
    """
    if language is not None and language not in LANGUAGES:
        raise InputError(f"no language of Cyrillic names has this code; give one of {', '.join(LANGUAGES)} or none")
    codes, initial = _cyrillic(language)
    letters = unicodedata.normalize("NFC", word).upper()
    if any(letter not in codes and letter.isalpha() for letter in letters):
        raise InputError("a name has a letter outside ICAO's Cyrillic table; write it with letters of the table")
    return "".join((codes if place else initial).get(letter, "") for place, letter in enumerate(letters))
