"""The split of the shared name files into train, dev and test, by the full name in its own script.

Everything is learned on train; dev fits the final layer and chooses settings; test is only reported. The fold is a
function of the name alone, so that a name is in one fold whichever file it stands in. Names of public lists (UN, EU,
OFAC) are never learned from: their rows are test, whatever their key. Not here: tokens and their alignment (`pairs`).
"""

from __future__ import annotations

import csv
import hashlib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple, get_args

Fold = Literal["train", "dev", "test"]
Which = Literal["ar", "fa", "ur", "ar_raw", "fa_raw", "cyr", "he", "el", "zh", "ko"]
WHICH: tuple[Which, ...] = get_args(Which)
TRAIN_BELOW, DEV_BELOW = 70, 80  # of 100
LISTS = ("un:", "eu:", "ofac:")  # sources of rows that are never learned from

# Frozen here, apart from matcher.text: a change of normalisation must not move a name to another fold.
_ARABIC = str.maketrans(
    "أإآٱىیېےئۍێۓکڪؤۆۇۋھہۀەۂةۃګڵڕںڼڻ", "ااااييييييييككووووههههههه" + "گلرننن", "ءـ"
)  # fmt: skip


class NamePair(NamedTuple):
    """One name in two scripts, as written in its file."""

    native: str
    latin: str
    lang: str
    fold: Fold


class VariantGroup(NamedTuple):
    """The Latin spellings of one Arabic full name, each with its language and country."""

    native: str
    variants: tuple[tuple[str, str, str], ...]
    fold: Fold


class Negative(NamedTuple):
    """Two different persons with near names, each in Arabic and Latin script."""

    kind: str
    native: str
    latin: str
    other_native: str
    other_latin: str
    fold: Fold


def key_of(name: str) -> str:
    """Normalise a native-script full name to the key that the split hashes.

    Examples:
        >>> key_of("أحمد  بن فاطمة"), key_of("Ζωή Παππάς"), key_of("ז'ני")
        ('احمد بن فاطمه', 'ζωη παππασ', 'זני')
    """
    text = unicodedata.normalize("NFKD", name).casefold()
    text = "".join(letter for letter in text if not unicodedata.combining(letter) and letter not in "'’‘`׳״\"")
    text = unicodedata.normalize("NFKC", text.replace("ς", "σ")).translate(_ARABIC)
    return " ".join("".join(letter if letter.isalpha() else " " for letter in text).split())


def fold_of(key: str) -> Fold:
    """Name the fold of a full-name key: md5 of its UTF-8 bytes modulo 100, below 70 train, below 80 dev.

    Examples:
        >>> fold_of(key_of("محمد علي")), fold_of(key_of("ابراهيم ماجد"))
        ('dev', 'train')
    """
    place = int(hashlib.md5(key.encode(), usedforsecurity=False).hexdigest(), 16) % 100
    return "train" if place < TRAIN_BELOW else "dev" if place < DEV_BELOW else "test"


def folder_of(shared: Path) -> Path:
    """Return the folder of the name files."""
    return shared / "data" / "names"


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Read a table; quotation marks in it are letters, lines that begin with `#` are comments."""
    with path.open(encoding="utf-8", newline="") as stream:
        lines = (line for line in stream if not line.startswith("#"))
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield {column: value or "" for column, value in row.items()}


def name_pairs(shared: Path, which: Which) -> list[NamePair]:
    """Read the full names of one file in two scripts; rows that lack a side are left out.

    Args:
        shared: The shared folder.
        which: The file: a language, or `ar_raw` and `fa_raw` for real orthography.
    """
    name = f"{which[:2]}_raw_orthography_names_dev.tsv" if which.endswith("_raw") else f"{which}_en_names_dev.tsv"
    rows = []
    for row in read_rows(folder_of(shared) / name):
        native, latin = row.get("native") or row.get("arabic", ""), row["latin"]
        if native.strip() and latin.strip():
            lang = row.get("lang") or row.get("lang_or_country") or row.get("country", "")
            listed = row.get("src", "").startswith(LISTS)
            rows.append(NamePair(native, latin, lang, "test" if listed else fold_of(key_of(native))))
    return rows


def variant_groups(shared: Path) -> list[VariantGroup]:
    """Read the Latin spellings that share one Arabic full name."""
    groups = []
    for row in read_rows(folder_of(shared) / "latin_fullname_variants_dev.tsv"):
        parts = [variant.split("~") for variant in row["variants(latin~lang~country)"].split("|")]
        variants = tuple((part[0], part[1], part[2]) for part in parts if len(part) == 3)
        groups.append(VariantGroup(row["arabic"], variants, fold_of(key_of(row["arabic"]))))
    return groups


def negatives(shared: Path) -> list[Negative]:
    """Read the pairs of different persons: test if one name is, train only if both are."""
    found = []
    for row in read_rows(folder_of(shared) / "homonym_negatives_dev.tsv"):
        native, other = row["arabic1"], row["arabic2"]
        folds = {fold_of(key_of(native)), fold_of(key_of(other))}
        fold: Fold = "test" if "test" in folds else "train" if folds == {"train"} else "dev"
        found.append(Negative(row["kind"], native, row["latin1"], other, row["latin2"], fold))
    return found
