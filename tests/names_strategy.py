"""Hypothesis strategies for names: real parts in several scripts, put together and disturbed."""

from __future__ import annotations

import string

from hypothesis import strategies as st

PARTS = (
    "Mohammed", "Muhamad", "محمد", "Ahmad", "احمد", "Hassan", "Husayn", "حسين", "حسن", "Abd", "al", "Rahman",
    "عبد", "الرحمن", "Abdelrahman", "Ali", "Reza", "Alireza", "علي", "Yusuf", "Youssef", "يوسف", "bin", "Saif",
    "al-Din", "Saifuddin", "Ivan", "Иван", "Петров", "Petrov", "Smith", "Smyth", "John", "Jon", "J", "O'Connor",
    "Παπαδόπουλος", "Papadopoulos", "כהן", "Cohen", "李", "小龙", "Eriksson", "Ericsson", "Anna", "Maria",
    "AnnaMaria", "Bakr", "Abu", "ابو", "بكر", "Müller", "Mueller", "Li",
)  # fmt: skip
MORE_PARTS = (
    "김정은", "Kim", "Jong-un", "習近平", "Xi", "Jinping", "შოთა", "Shota", "რუსთაველი", "Rustaveli", "นาย", "Elsaid",
    "Said", "السيد", "Moham", "Abdelra", "Papad", "M", "A", "م", "Jihad", "Gihad", "Bob", "Robert", "Samir", "Samar",
    "سمير", "سمر", "Bint", "ibn", "Wolfeschlegelsteinhausenbergerdorff", "Khan", "Chan", "Ты", "ул", "ben", "Benali",
    "Kristian", "Christian", "Thomas", "Tomas", "x", "Q", "Ng", "Ở", "آل", "سعود", "Alsaud", "1an", "de", "la", "Cruz",
)  # fmt: skip

names = st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map(" ".join)
letters = st.text(string.ascii_lowercase, min_size=1, max_size=9)
loose_names = st.lists(st.one_of(st.sampled_from(PARTS), letters), min_size=1, max_size=5).map(" ".join)
any_text = st.text(max_size=60)
words = st.one_of(st.sampled_from(PARTS + MORE_PARTS), letters)


@st.composite
def disturbed(draw: st.DrawFn, word: str) -> str:
    """A word with a letter dropped, doubled, changed or swapped, cut, or left as it is."""
    at = draw(st.integers(0, len(word) - 1))
    kind = draw(st.sampled_from(("same", "drop", "double", "change", "swap", "cut")))
    if kind == "drop" and len(word) > 1:
        return word[:at] + word[at + 1 :]
    if kind == "double":
        return word[:at] + word[at] + word[at:]
    if kind == "change":
        return word[:at] + draw(st.sampled_from(string.ascii_lowercase)) + word[at + 1 :]
    if kind == "swap":
        return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    return word[: max(at, 1)] if kind == "cut" else word


@st.composite
def name_pairs(draw: st.DrawFn, *, max_tokens: int = 5) -> tuple[str, str]:
    """Two names, the second mostly a disturbed form of the first: order, glue, gap, spelling, a new word."""
    left = draw(st.lists(words, min_size=1, max_size=max_tokens))
    if draw(st.integers(0, 4)) == 0:
        return " ".join(left), " ".join(draw(st.lists(words, min_size=1, max_size=max_tokens)))
    right = [draw(disturbed(word)) for word in left]
    if draw(st.booleans()):
        right = draw(st.permutations(right))
    if len(right) > 1 and draw(st.booleans()):
        del right[draw(st.integers(0, len(right) - 1))]
    if len(right) < max_tokens and draw(st.booleans()):
        right.insert(draw(st.integers(0, len(right))), draw(words))
    glued = draw(st.integers(0, len(right) - 1)) if draw(st.booleans()) else len(right)
    return " ".join(left), " ".join(right[: glued + 1]) + "".join(right[glued + 1 : glued + 2]) + " " + " ".join(
        right[glued + 2 :]
    )
