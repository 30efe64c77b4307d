"""Document numbers: one comparable form for what is printed, read by machine or typed.

The same function serves lists and travellers; the original text is kept beside it by the caller.
Fixed order of the steps:

1. control and format characters dropped: NUL, line ends, bidi and zero-width controls, soft hyphen;
2. the sign `№` becomes a space;
3. NFKC: full-width and other compatibility forms to plain ones;
4. a leading `No.`, `N°` or `Nº` dropped (only with its dot or ring: `NO123456` is a number);
5. decimal digits of every script to 0-9 (Arabic-Indic, extended Arabic-Indic, Devanagari, ...);
6. upper case;
7. spaces, dashes, slashes, dots and the machine readable zone's filler `<` dropped;
8. NFKC once more: what stood apart may now compose, and normalising twice must change nothing.

Not done here: look-alikes (O/0, I/1), glued country codes, check digits, prefixes. Those compare two
numbers, and normalisation never looks at the other side; they come with near numbers.

Source: domain facts 7.2.
"""

from __future__ import annotations

import re
import unicodedata

MAX_KEY_LENGTH = 20
_KEY = re.compile(rf"[0-9A-Z]{{1,{MAX_KEY_LENGTH}}}")
_LEADING_NO = re.compile(r"(?:\s*(?:no?\s*\.|n\s*[°º]))+", re.IGNORECASE)
_NUMERO_SIGNS = str.maketrans({"№": " ", "º": "°"})  # NFKC would make `No` and `o` of them
_SEPARATORS = frozenset("./\\⁄∕·•<−‹〈")
_ASCII_SEPARATORS = str.maketrans("", "", " -./\\<")


def normalise(number: str) -> str:
    """Normalise a document number to its comparable form.

    Args:
        number: The number as printed, read or typed; any script of digits, any length.

    Returns:
        Upper-case text without separators; `is_key` tells whether it can be a key. Empty when nothing
        but separators was there. Normalising twice changes nothing.

    Source:
        Domain facts 7.2; the fixed order of steps stands in the module's docstring.

    Examples:
        >>> normalise(" l898902c<3 "), normalise("№ 12-34/56"), normalise("A١٢٣٤٥٦٧")
        ('L898902C3', '123456', 'A1234567')
        >>> normalise("No. 123456"), normalise("NO123456")
        ('123456', 'NO123456')
    """
    if number.isascii() and number.isalnum():
        return number.upper()  # as most numbers are written: nothing to drop
    if number.isascii() and number.isprintable():
        text = _without_leading_no(number)
        return text.upper().translate(_ASCII_SEPARATORS)
    text = "".join(letter for letter in number if not _is_control(letter))
    text = unicodedata.normalize("NFKC", text.translate(_NUMERO_SIGNS))
    text = _without_leading_no(text)
    text = "".join(_plain_digit(letter) for letter in text).upper()
    return unicodedata.normalize("NFKC", "".join(letter for letter in text if not _is_separator(letter)))


def is_key(normalised: str) -> bool:
    """Tell whether a normalised number can be a key: 1 to 20 characters of 0-9 and A-Z.

    Examples:
        >>> is_key("L898902C3"), is_key(""), is_key("BADNUMBER??"), is_key("1" * 21)
        (True, False, False, False)
    """
    return _KEY.fullmatch(normalised) is not None


def lookup_key(number: str) -> str:
    """Return the key under which a number is stored and searched.

    A number that cannot be a key (`bad number??`) is found by its exact text only; the leading `=`
    keeps the two kinds apart, since no normalised key holds it.

    Args:
        number: The number as listed or presented.

    Returns:
        The normalised number if it is a key, else `=` and the exact text (NFC, outer white space
        stripped), else an empty string: nothing at all was given.

    Examples:
        >>> lookup_key("ab 123-456"), lookup_key(" bad number?? "), lookup_key("  ")
        ('AB123456', '=bad number??', '')
    """
    if len(number) <= MAX_KEY_LENGTH and number.isascii() and number.isalnum():
        return number.upper()  # as most numbers are written: normalised but for its case
    normalised = normalise(number)
    if is_key(normalised):
        return normalised
    exact = unicodedata.normalize("NFC", number).strip()
    return f"={exact}" if exact else ""


def _without_leading_no(text: str) -> str:
    found = _LEADING_NO.match(text)
    return text[found.end() :] if found else text


def _is_control(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf"}


def _is_separator(letter: str) -> bool:
    return letter in _SEPARATORS or letter.isspace() or unicodedata.category(letter) == "Pd"


def _plain_digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)
