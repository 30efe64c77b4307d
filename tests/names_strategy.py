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

names = st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map(" ".join)
letters = st.text(string.ascii_lowercase, min_size=1, max_size=9)
loose_names = st.lists(st.one_of(st.sampled_from(PARTS), letters), min_size=1, max_size=5).map(" ".join)
any_text = st.text(max_size=60)
