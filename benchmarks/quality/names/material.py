"""Names of the shared files and of the real lists, as persons with every name known for them.

A person of a name file is a full name in its own script: rows with one key (`benchmarks.learn.split.key_of`) are one
person with several Latin spellings. Files of one script are read together, so a name that is Persian and Arabic is
one person. Nothing is learned here.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import matcher
from benchmarks.learn.split import LISTS as PUBLIC_LISTS
from benchmarks.learn.split import Fold, Which, folder_of, key_of, name_pairs, read_rows
from benchmarks.quality.first_light import import_lists

LISTS = ("un-sc", "ofac-sdn", "eu")  # in the order in which one that is on several is listed
_STRENGTH = {"train": 0, "dev": 1, "test": 2}  # a name that was learned from in any row isn't a test name
_NOT_LETTERS = re.compile(r"[^\w]|[\d_]")
_APOSTROPHES = re.compile("['’‘`´ʻʿʾ]")
TokenSet = frozenset[str]


@dataclass
class Person:
    """A full name in its own script with its Latin spellings.

    Attributes:
        key: The native name, normalised.
        fold: The earliest fold of its rows.
        natives: The native name as written, without repetition.
        latins: Latin spellings in the files' order, without repetition; what a file calls alias is not here.
        aliases: Latin names that a file calls alias: often another name.
        files: The files that hold it.
        on_list: Whether a row of it comes from a public list, which romanises in its own regular way.
    """

    key: str
    fold: Fold
    natives: list[str] = field(default_factory=list)
    latins: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    on_list: bool = False

    @property
    def listed_name(self) -> str:
        """The one Latin spelling that is listed: by a digest, so that no habit of spelling is preferred."""
        return min(self.latins or self.aliases, key=lambda latin: _digest(f"{self.key}|{latin}"))


@dataclass(frozen=True)
class ListPerson:
    """A person of a real list.

    Attributes:
        list_id: One of `LISTS`.
        entry_id: The list's own id.
        primary: Primary name.
        others: All other names.
        good_aliases: Aliases that the list doesn't call weak.
        originals: Names in the original script.
    """

    list_id: str
    entry_id: str
    primary: str
    others: tuple[str, ...]
    good_aliases: tuple[str, ...]
    originals: tuple[str, ...]


def tokens_of(name: str) -> tuple[str, ...]:
    """Split a name into plain tokens: no accents, no apostrophes, lower case.

    Examples:
        >>> tokens_of("AL-SHA’ARI, Saïd")
        ('al', 'shaari', 'said')
    """
    text = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name)).casefold()
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return tuple(_NOT_LETTERS.sub(" ", text).split())


def token_set(name: str) -> TokenSet:
    """The plain tokens of a name, without order."""
    return frozenset(tokens_of(name))


def is_latin(name: str) -> bool:
    """Whether a name has letters, and all of them are Latin.

    Examples:
        >>> is_latin("Saïd"), is_latin("Саид"), is_latin("12")
        (True, False, False)
    """
    letters = [letter for letter in name if letter.isalpha()]
    return bool(letters) and all(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)


def read_people(shared: Path, files: Iterable[Which]) -> list[Person]:
    """Read the persons of name files of one script, in the files' order."""
    people: dict[str, Person] = {}
    for file in files:
        of_lists = _natives_of_lists(shared, file)
        for row in name_pairs(shared, file):
            person = people.setdefault(key_of(row.native), Person(key_of(row.native), row.fold))
            person.fold = min(person.fold, row.fold, key=_STRENGTH.__getitem__)
            person.files.add(file)
            person.on_list |= row.native in of_lists
            latins = person.aliases if row.lang == "alias" else person.latins
            _add(person.natives, row.native)
            if is_latin(row.latin):
                _add(latins, row.latin)
    return [person for person in people.values() if person.key and (person.latins or person.aliases)]


def _natives_of_lists(shared: Path, file: Which) -> set[str]:
    rows = read_rows(folder_of(shared) / f"{file}_en_names_dev.tsv")
    return {row["native"] for row in rows if row.get("src", "").startswith(PUBLIC_LISTS)}


def read_lists(shared: Path) -> list[ListPerson]:
    """Read the persons of the real lists with the library's own readers: UN 2026, OFAC 2021, EU."""
    found: list[ListPerson] = []
    with tempfile.TemporaryDirectory() as folder:
        store = matcher.Store(Path(folder) / "names.store")
        import_lists(store, shared)
        tables = {one.manifest.list_id: one.persons for one in store.snapshot().lists}
        for list_id in LISTS:
            for row in tables[list_id].select(["entry_id", "kind", "names"]).to_pylist():
                if row["kind"] == "person" and (person := _list_person(list_id, row["entry_id"], row["names"])):
                    found.append(person)
    return found


def _list_person(list_id: str, entry_id: str, names: Sequence[dict[str, str]]) -> ListPerson | None:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for name in names:
        by_kind[name["kind"]].append(name["text"])
    latin = [name for name in by_kind["primary"] if is_latin(name)]
    if not latin:
        return None
    others = tuple(name["text"] for name in names if name["text"] != latin[0])
    good = tuple(name["text"] for name in names if name["kind"] == "alias" and name["quality"] in ("Good", "aka"))
    return ListPerson(list_id, entry_id, latin[0], others, good, tuple(by_kind["original_script"]))


def _add(names: list[str], name: str) -> None:
    if name not in names:
        names.append(name)


def _digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
