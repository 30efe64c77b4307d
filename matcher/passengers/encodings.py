"""The encoding of a text file: found out from its bytes by a stated rule, or as the caller says.

Fixed order of the rule:

1. a byte order mark: UTF-8 or UTF-16;
2. zero bytes on one side of most pairs at the start: UTF-16 without a mark;
3. as many bytes in words of valid UTF-8 as in others, ASCII left out: UTF-8 (a file of ASCII alone too), so that
   a few damaged rows don't make a UTF-8 file another one;
4. the single-byte encoding (Windows-1252, Windows-1256, ISO-8859-6) whose letters are the most plausible: a Latin
   letter beside a Latin one, an Arabic letter with no Latin one beside it;
5. none plausible: UTF-8 while there are fewer than `FEW` such bytes, else refused: the caller must say.

The scan ends with the file, after `SCAN_BYTES`, or after `ENOUGH` bytes beyond ASCII. Bytes that the encoding
lacks become U+FFFD; the rows that hold one are kept with the warning `encoding_damaged`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from matcher.errors import InputError, UsageError

CHUNK_BYTES = 1 << 20
SCAN_BYTES = 64 << 20
ENOUGH = 20_000  # bytes beyond ASCII that decide
FEW = 16
SINGLE_BYTE = ("windows-1252", "windows-1256", "iso-8859-6")
_START_BYTES = 4096
_ZERO_SHARE = 0.05  # of the start: a stray NUL or two is damage, not UTF-16
_ONE_SIDED = 4
_BROKEN = 4  # letters that one sign weighs which stands in no name, such as a vowel sign or a control
_BEYOND_ASCII = bytes(range(128, 256))
_WORD = re.compile(rb"[A-Za-z\x80-\xff]{0,80}[\x80-\xff][A-Za-z\x80-\xff]{0,80}")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NO_FILES = frozenset({"utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "charmap", "undefined"})


class Encoding(NamedTuple):
    """A text encoding by its Python name, and why it was taken, in words."""

    name: str
    reason: str


def find_encoding(stream: BinaryIO, *, name: str, told: str | None = None) -> Encoding:
    """Find out the encoding of a text stream; leaves the stream at its start.

    Args:
        stream: Seekable bytes.
        name: Name of the file, for the message.
        told: The caller's own word, which is taken as it is; None: by the rule above.

    Raises:
        UsageError: `told` is no text encoding.
        InputError: no encoding of the rule gives plausible letters.

    Cost:
        One pass over at most 64 MiB.

    Examples:
        >>> import io
        >>> find_encoding(io.BytesIO("الاسم\\nمحمد علي".encode("cp1256")), name="list.csv").name
        'windows-1256'
        >>> find_encoding(io.BytesIO("nom\\nZoé".encode("latin-1")), name="list.csv").name
        'windows-1252'
    """
    if told is not None:
        return Encoding(_checked(told), "as told")
    start = stream.read(_START_BYTES)
    stream.seek(0)
    for mark, found in _MARKS:
        if start.startswith(mark):
            return Encoding(found, "byte order mark")
    if found_pattern := _zero_pattern(start):
        return Encoding(found_pattern, "zero bytes in every other place")
    n_valid, wrong = _scan(stream)
    stream.seek(0)
    n_wrong = sum(map(_n_beyond, wrong))
    if n_valid >= n_wrong:
        return Encoding("utf-8", f"{n_wrong} bytes that are not UTF-8, fewer than others" if n_wrong else "valid UTF-8")
    plausible = {candidate: sum(_plausible(word, candidate) for word in wrong) for candidate in SINGLE_BYTE}
    best = max(SINGLE_BYTE, key=plausible.__getitem__)
    if plausible[best] > 0:
        return Encoding(best, "its letters are the most plausible of " + ", ".join(SINGLE_BYTE))
    if n_wrong < FEW:
        return Encoding("utf-8", f"{n_wrong} bytes beyond ASCII, too few to tell")
    raise InputError(f"{name} is not UTF-8 and no plausible {', '.join(SINGLE_BYTE)}; give its encoding")


def _checked(told: str) -> str:
    try:
        found = codecs.lookup(told)
        "".encode(found.name)  # refuses codecs between bytes, such as base64
    except (LookupError, UnicodeError) as error:
        raise UsageError("the encoding is not known; give one such as utf-8, windows-1256 or iso-8859-6") from error
    if found.name in _NO_FILES:
        raise UsageError(f"the encoding {found.name} is not one of text files; give one such as windows-1256")
    return found.name


def _zero_pattern(start: bytes) -> str | None:
    pairs = start[: len(start) // 2 * 2]
    even, odd = pairs[::2].count(0), pairs[1::2].count(0)
    if even + odd < _ZERO_SHARE * len(pairs) or not pairs:
        return None
    if odd > _ONE_SIDED * even:
        return "utf-16-le"
    return "utf-16-be" if even > _ONE_SIDED * odd else None


def _scan(stream: BinaryIO) -> tuple[int, list[bytes]]:
    """Count the bytes of valid UTF-8 letters beyond ASCII, and keep the words that are no UTF-8."""
    n_valid = n_wrong = n_bytes = 0
    wrong: list[bytes] = []
    for chunk in _chunks(stream):
        n_bytes += len(chunk)
        try:
            chunk.decode("utf-8")
            n_valid += _n_beyond(chunk)
        except UnicodeDecodeError:
            for found in _WORD.finditer(chunk):
                if _is_utf8(found[0]):
                    n_valid += _n_beyond(found[0])
                elif n_wrong < ENOUGH:
                    wrong.append(found[0])
                    n_wrong += _n_beyond(found[0])
        if n_bytes >= SCAN_BYTES or n_valid + n_wrong >= ENOUGH:
            break
    return n_valid, wrong


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Give the stream in pieces that end with a line, where there are lines."""
    rest = b""
    while chunk := stream.read(CHUNK_BYTES):
        chunk = rest + chunk
        cut = chunk.rfind(b"\n") + 1 or len(chunk)
        rest = chunk[cut:]
        yield chunk[:cut]
    yield rest


def _n_beyond(piece: bytes) -> int:
    return len(piece) - len(piece.translate(None, _BEYOND_ASCII))


def _is_utf8(word: bytes) -> bool:
    try:
        word.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _plausible(word: bytes, encoding: str) -> int:
    """Weigh a word under an encoding, in bytes beyond ASCII: positive like one script, negative like a jumble."""
    n_arabic = n_plain = n_accented = n_broken = 0
    for letter in word.decode(encoding, "replace"):
        if letter.isascii():
            n_plain += 1
        elif not letter.isalpha():
            n_broken += letter == "\ufffd" or not letter.isprintable() or "\u064b" <= letter <= "\u0652"
        elif "\u0600" <= letter <= "\u06ff":
            n_arabic += 1
        else:
            n_accented += 1
    n_beyond = _n_beyond(word)
    # Words of accented letters alone are another script read wrongly.
    fits = n_plain == n_accented == 0 if n_arabic else 0 < n_accented <= n_plain
    return (n_beyond if fits else -n_beyond) - _BROKEN * n_broken
