"""Fuzz the XML list reader: `python -m benchmarks.fuzz.xml --runs N`.

A third of the inputs are changed as bytes, anywhere. In the others elements are dropped, doubled, moved, renamed or
given another text, so that the file stays XML and the rules behind it are reached; the texts are such as the
rules for names, dates and documents are about. See `list_readers` for what counts as a fault.
"""

from __future__ import annotations

import random
from xml.etree import ElementTree

from benchmarks.fuzz.list_readers import main, mutate_bytes

FORMATS = ("un-sc-xml",)
SUFFIXES = (".xml",)
WORDS = (
    b"<INDIVIDUAL>", b"</INDIVIDUAL>", b"<ENTITY>", b"</ENTITY>", b"<CONSOLIDATED_LIST>", b"</CONSOLIDATED_LIST>",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<!ENTITY", b"&a;", b"&#0;", b"&#x1F600;", b"&amp;", b"&lt;", b"<![CDATA[",
    b"]]>", b"<!--", b"-->", b"<?xml version='1.1'?>", b"<?", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xe2\x80\xae",
    b"<VALUE>", b"</VALUE>", b"<a xmlns='b'>", b" a='b'", b"-", b"<" * 200, b"<a>" * 40, b"\n" * 3000,
)  # fmt: skip
TEXTS = (
    "", " ", "na", "-", "?", "\u202eARU", "Good", "Low", "Male", "EXACT", "BETWEEN", "APPROXIMATELY", "1960", "9999",
    "1960-02-31", "1960-02-28-05:00", "between 1960 and 1965", "between 1965 and", "circa 1961 or 1962, (b) 3/4/1960",
    "(a) 1.2.1960; (b) Sept. 1961", "31 Feb. 1990", "99999-99-99", 'A / B (C) a.k.a. D; "E"', "((((", "))))",
    "Ivo (Ивo) BEN (Бен) né DAN", "١٢٣ عبد الله", "Iraq", "Iraqi, possibly Syrian (since 2002)",
    "No. 123456 (issued on 3 May 2015 in Rome, expires 2 May 2025)", "A 1234567 issued by Iraq; B-99 / 88",
    "(" * 5000, "a.k.a. " * 700, "or " * 900, "No. " * 900, "/" * 3000, "x" * 4001, "1 " * 2000, "(a) " * 1000,
    '"' * 999, ";" * 3000, "A" * 1001 + " B",
)  # fmt: skip


def mutate(content: bytes, chance: random.Random) -> bytes:
    """Change bytes anywhere, or elements."""
    if chance.random() < 0.33:
        return mutate_bytes(content, chance, WORDS)
    root = ElementTree.fromstring(content)  # the corpus is our own
    for _ in range(chance.choice((1, 2, 4, 12))):
        elements = list(root.iter())
        _change(chance.choice(elements), elements, chance)
    return bytes(ElementTree.tostring(root, encoding="utf-8")[:400_000])


def _change(element: ElementTree.Element, others: list[ElementTree.Element], chance: random.Random) -> None:
    kind = chance.randrange(6)
    children = list(element)
    if kind <= 2:
        old = (element.text or "").strip()
        element.text = chance.choice((*TEXTS, *(f"{old}{joint}{chance.choice(TEXTS)}" for joint in ("", " ", "; "))))
    elif kind == 3 and children:
        element.remove(chance.choice(children))
    elif kind == 4 and children and len(others) < 500:
        element.extend(chance.choice(children) for _ in range(chance.choice((1, 2, 30))))
    elif len(others) > 1:
        element.tag = chance.choice(others[1:]).tag if element is not others[0] else element.tag


if __name__ == "__main__":
    raise SystemExit(main("xml", SUFFIXES, FORMATS, mutate))
