"""The rules of the data, walked and timed: leaks, expired entries returned, the cost of access, the time of an expiry.

    python -m benchmarks.quality.rules [--lookups 1000000] [--rows 100000000] [--expired 1000000] [--parts PART...]
        [--work FOLDER] [--write]

* `leaks`: every restriction kind x caller x output x format x language: does anything of an entry that the caller may
  not see (a mark in its name, id, list, contact, action, number) stand in what comes back, and is the answer the same
  bytes as that of a store without it? A planted caller with the scope shows that the walk finds a leak.
* `ended`: lookups in stores whose entries expire, are withdrawn, suspended, resumed and imported again in any order,
  with a moving `decided_at`: how many returned an entry that had ended.
* `cost`: CPU time of batch screening for an access against none, in turn, on the same lists.
* `expire`: a document list of which some entries are past their review, deleted with proof.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import io
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import matcher
from benchmarks.document_list import write_sltd
from benchmarks.prepared import SEED
from benchmarks.results import write_section
from matcher import Access, Document, Store, Traveller
from matcher.output import open_writer

AT = datetime.datetime(2026, 11, 22, tzinfo=datetime.UTC)
KEY = bytes(range(32))
DATA = Path(__file__).parents[2] / "data"
EPOCH = datetime.date(1970, 1, 1)
MARK = "zzq"  # stands in every text of a hidden entry, and in nothing else
LOCALES = ("en", "fr", "ar", "es")
FIELDS = (
    "entry_id", "name", "birth_date", "document", "category", "role", "discreet", "handling_code",
    "access_restriction", "contact", "requested_action", "expires_on",
)  # fmt: skip
MAPPING = (
    "[columns]\n"
    + "".join(f'{name} = "{name}"\n' for name in FIELDS)
    + "[documents]\npattern = '(?P<issuer>[A-Z]{3}) (?P<number>[A-Z0-9]+)'\n"
)
RESTRICTIONS: dict[str, Mapping[str, str]] = {
    "missing": {"category": "yellow", "role": "missing"},
    "victim": {"category": "other", "role": "victim"},
    "witness": {"category": "other", "role": "witness"},
    "discreet": {"discreet": "yes"},
    "official use only": {"handling_code": "for-official-use-only"},
    "restricted": {"handling_code": "restricted"},
    "confidential": {"handling_code": "confidential"},
    "country shut out": {"access_restriction": "FRA"},
    "role shut out": {"access_restriction": "officer;carrier;partner"},
    "unknown kind": {"category": "mauve zzq"},
    "list for analysts": {},
    "list for another purpose": {},
    "list for another country": {},
    "list with the scope": {},
}
POLICIES = {
    "list for analysts": 'roles = ["analyst"]',
    "list for another purpose": 'purposes = ["visa"]',
    "list for another country": 'countries = ["DEU"]',
    "list with the scope": "needs_protection = true",
}
CALLERS: dict[str, Access] = {
    "officer": Access(roles=["officer"], country="FRA", purpose="border-check"),
    "officer with the scope": Access(roles=["officer"], country="FRA", purpose="border-check", scopes=["protection"]),
    "analyst": Access(roles=["analyst"], country="FRA", purpose="border-check"),
    "carrier": Access(roles=["carrier"], country="FRA", purpose="check-in"),
    "partner": Access(roles=["partner"], country="FRA", purpose="assistance"),
}
OPEN = [
    {"entry_id": "o1", "name": "Karim Haddad", "birth_date": "1971-03-04", "category": "red"},
    {"entry_id": "o2", "name": "Leila Mansour", "birth_date": "1980-05-06", "category": "sanction"},
]
NAME = f"Samira {MARK.upper()}abbani"
HIDDEN = {
    "entry_id": f"{MARK}-1",
    "name": NAME,
    "birth_date": "1975-01-02",
    "category": "red",
    "document": "UTO ZZQ123456",
    "contact": f"{MARK}@example.org",
    "requested_action": f"call {MARK}",
}


def put(store: Store, list_id: str, rows: Sequence[Mapping[str, str]], folder: Path, policy: str | None = None) -> None:
    """Import rows as a list."""
    listed, mapping = folder / f"{list_id}.csv", folder / "mapping.toml"
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    listed.write_text(text.getvalue(), "utf-8")
    mapping.write_text(MAPPING, "utf-8")
    given = None
    if policy is not None:
        given = folder / f"{list_id}.toml"
        given.write_text(f'id = "p"\nsource = "benchmark"\ndate = "2026-11-22"\n{policy}\n', "utf-8")
    store.import_list(list_id, format="mapped-csv", path=listed, mapping=mapping, policy=given)


def outputs(store: Store, access: Access) -> Iterator[tuple[str, bytes]]:
    """Everything that a caller can get, as (output, bytes)."""
    watchlist = store.open(access=access)
    asked = [
        Traveller(names=[NAME], birth_date="1975-01-02", reference="1"),
        Traveller(documents=[Document("ZZQ123456", "UTO", "P")], reference="2"),
        Traveller(documents=[Document("ZZQ123465", "UTO", "P")], reference="3"),
        Traveller(names=["Karim Haddad"], birth_date="1971-03-04", reference="4"),
    ]
    for decision in watchlist.lookup_batch(asked, AT):
        for locale in LOCALES:
            yield f"JSON, {locale}", json.dumps(decision.to_dict(locale, letters=True), default=str).encode()
            for match in decision.matches:
                yield f"text, {locale}", match.explanation.to_text(locale).encode()
                yield f"explanation JSON, {locale}", match.explanation.to_json(locale).encode()
                yield f"picture, {locale}", match.explanation.to_svg(locale).encode()
    table = watchlist.screen(pa.table({"reference": ["1", "4"], "name": ["Samira Qabbani", "Karim Haddad"]}), AT)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("out.csv", "out.jsonl", "out.parquet", "out.arrow"):
            path = Path(folder) / name
            with open_writer(path, schema=table.schema) as writer:
                writer.write(table)
            yield f"screening, {name}", path.read_bytes()
    yield "ids", f"{watchlist.snapshot_id} {watchlist.model_id}".encode()
    yield "lists", repr(watchlist.lists()).encode()
    yield "stale lists", repr(watchlist.stale_lists(AT)).encode()
    for output, ask in (
        ("documents", lambda: watchlist.search_documents(["ZZQ123456", "ZZQ123465"]).to_pylist()),
        ("weights", lambda: list(watchlist.weigh_batches(pa.table({"name": [NAME]}), AT))),
    ):
        try:
            yield output, repr(ask()).encode()
        except matcher.EpervierError as error:
            yield output, str(error).encode()


def leaks(folder: Path) -> str:
    """Walk restriction kinds x callers x outputs; returns the report."""
    looked, leaked, differ, seen = 0, 0, 0, 0
    for number, (kind, fields) in enumerate(RESTRICTIONS.items()):
        pair = []
        for name, rows in (("with", [{**HIDDEN, **fields}]), ("without", [])):
            own = folder / f"{number}-{name}"
            own.mkdir()
            store = Store(own / "store", KEY)
            put(store, "open", OPEN, own)
            if rows:
                put(store, f"{MARK}-list", rows, own, POLICIES.get(kind))
            pair.append(store)
        for access in CALLERS.values():
            has_sight = any(len(one.matches) for one in pair[0].open(access=access).lookup_batch([_named()], AT))
            one, other = (list(outputs(store, access)) for store in pair)
            if has_sight and access.answers == "matches" and any(MARK in _text(raw) for _, raw in one):
                seen += 1  # the caller may see it: no leak, and the proof that the walk can find one
                continue
            looked += len(one)
            leaked += sum(MARK in _text(raw) for _, raw in one)
            differ += one != other and not has_sight
    walked = f"{len(RESTRICTIONS)} restriction kinds x {len(CALLERS)} callers: {looked:,} outputs of callers"
    return (
        f"{walked} who may not see the entry, **{leaked} with a mark of it**, {differ} stores that answer otherwise "
        f"than one without it. In the {seen} cases where the caller may see it the walk finds the mark: it can fail."
    )


def _named() -> Traveller:
    return Traveller(names=[NAME], birth_date="1975-01-02")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").lower()


def ended(folder: Path, lookups: int) -> str:
    """Look up entries that end in every way, in random histories; returns the report."""
    draw = random.Random("epervier-ended")
    n_entries, done, wrong, found, histories = 200, 0, 0, 0, 0
    while done < lookups:
        histories += 1
        own = folder / f"h{histories}"
        own.mkdir()
        done_here, wrong_here, found_here = _history(own, draw, n_entries, lookups - done)
        done, wrong, found = done + done_here, wrong + wrong_here, found + found_here
    acts = f"{histories} histories of imports, withdrawals, suspensions, resumptions and expiries"
    return (
        f"{done:,} lookups in {acts}: **{wrong} returned an entry that had ended**; {found:,} returned one that had "
        "not, and none of those was missed."
    )


def _history(folder: Path, draw: random.Random, n: int, most: int) -> tuple[int, int, int]:
    store, day = Store(folder / "store", KEY), AT.date()
    ends = [draw.randint(-3, 6) for _ in range(n)]
    rows = [
        {
            "entry_id": str(at),
            "name": f"Entry {at}",
            "category": "other",
            "document": f"UTO {at:03d}QX{(at * 7919) % 1000:03d}",
            "expires_on": (day + datetime.timedelta(days=ends[at])).isoformat(),
        }
        for at in range(n)
    ]
    numbers = [row["document"].split()[1] for row in rows]
    stays = {"entry_id": "stays", "name": "Stays Forever", "category": "other"}
    held, gone, suspended, deleted = set(range(n)), set(), set(), set()  # type: ignore[var-annotated]
    put(store, "l", [*rows, stays], folder)
    done = wrong = found = 0
    for step in range(12):
        act = draw.choice(("import", "withdraw", "suspend", "resume", "expire", "look"))
        some = draw.sample(range(n), 3)
        if act == "import":
            held, deleted = set(draw.sample(range(n), n * 9 // 10)), set()
            put(store, "l", [*(rows[at] for at in sorted(held)), {**stays, "contact": str(step)}], folder)
        elif act == "expire":
            shift = draw.randint(-2, 3)
            store.expire(day + datetime.timedelta(days=shift))
            deleted |= {at for at in held if ends[at] <= shift}
        for at in some:
            if act == "withdraw" and at in held - deleted:
                store.withdraw("l", str(at))
                gone.add(at)
            elif act == "suspend" and at in held - deleted:
                store.suspend("l", str(at))
                suspended.add(at)
            elif act == "resume" and at in suspended:
                store.resume("l", str(at))
                suspended.discard(at)
        watchlist = store.open()
        for shift in range(-4, 8):
            asked = [Traveller(documents=[Document(number, "UTO", None)]) for number in numbers]
            decisions = watchlist.lookup_batch(asked, AT + datetime.timedelta(days=shift))
            for at, decision in enumerate(decisions):
                may = at in held - gone - suspended - deleted and shift < ends[at]
                is_found = any(match.entry_id == str(at) for match in decision.matches)
                wrong += is_found and not may
                found += is_found and may
                if may and not is_found:
                    raise AssertionError("an entry in force was missed: the histories and the store disagree")
            done += len(asked)
            if done >= most:
                return done, wrong, found
    return done, wrong, found


def cost(folder: Path, rounds: int = 9) -> str:
    """Screen the shipped passengers on the shipped lists for an access and for none, in turn; returns the report."""
    store = Store(folder / "store", KEY)
    mapping = DATA / "mappings" / "suspects.toml"
    store.import_list("suspects", format="mapped-csv", path=DATA / "suspects.csv", mapping=mapping)
    store.import_list("sltd", format="sltd-csv", path=DATA / "lost_stolen_documents.csv")
    with matcher.read_travellers(DATA / "passengers.csv") as reader:
        asked = reader.read_all()
    access = {"none": None, "protector": CALLERS["officer with the scope"], "carrier": CALLERS["carrier"]}
    opened = {name: store.open(access=one) for name, one in access.items()}
    times: dict[str, list[float]] = {name: [] for name in opened}
    for number in range(rounds + 1):
        for name, watchlist in opened.items():
            began = time.process_time()
            watchlist.screen(asked, AT)
            if number:  # the first round warms
                times[name].append(time.process_time() - began)
    least = {name: min(spent) for name, spent in times.items()}
    shares = ", ".join(f"{name} {least[name] / least['none'] - 1:+.1%}" for name in ("protector", "carrier"))
    head = f"Batch screening of the {asked.num_rows:,} shipped passengers, least CPU time of {rounds} rounds in turn"
    return f"{head}, to no access: {shares}. A carrier's lists are fewer, since what it may not see is not opened."


def expire(work: Path, rows: int, expired: int) -> str:
    """Delete documents that are past their review from a large list; returns the report."""
    work.mkdir(parents=True, exist_ok=True)
    listed, store = work / f"reviewed-{rows}.csv", Store(work / f"reviewed-{rows}.store", KEY)
    if not listed.exists():
        write_sltd(listed, rows, kind="spread", seed=SEED, is_reviewed=True)
    version = store.import_list("sltd", format="sltd-csv", path=listed)
    policy = work / "ends.toml"
    policy.write_text('id = "p"\nsource = "benchmark"\ndate = "2026-11-22"\nends_on_review = true\n', "utf-8")
    store.set_policy(version.list_id, policy)
    days = _review_days(store)
    if not len(days):
        raise SystemExit("the list has no review dates, so nothing could expire")
    on = EPOCH + datetime.timedelta(days=int(np.partition(days, expired - 1)[min(expired, len(days)) - 1]))
    began, cpu = time.perf_counter(), time.process_time()
    proofs = store.expire(on)
    took, spent = time.perf_counter() - began, time.process_time() - cpu
    return (
        f"{version.entries:,} documents, {sum(one.entries for one in proofs):,} past their review on {on}: deleted "
        f"with {len(proofs)} proof(s) and the index built anew in {took:.0f} s ({spent:.0f} s of CPU)."
    )


def _review_days(store: Store) -> np.ndarray[Any, Any]:
    """Days since 1970 of all review dates."""
    documents = store.snapshot().lists[0].documents
    columns = (batch.column(0).drop_null().cast(pa.int32()).to_numpy() for batch in documents.batches(["review_on"]))
    return np.concatenate([np.zeros(0, np.int32), *columns])


def main() -> int:
    """Measure the parts asked for, print, and write the section if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lookups", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--expired", type=int, default=1_000_000)
    parser.add_argument("--parts", nargs="+", choices=("leaks", "ended", "cost", "expire"), default=None)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--write", action="store_true")
    given: Any = parser.parse_args()
    parts = given.parts or ["leaks", "ended", "cost", "expire"]
    sizes = {"leaks": "", "cost": "", "ended": f" --lookups {given.lookups}"}
    sizes["expire"] = f" --rows {given.rows} --expired {given.expired}"
    texts = {}
    for part in parts:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            if part == "leaks":
                texts[part] = leaks(work)
            elif part == "ended":
                texts[part] = ended(work, given.lookups)
            elif part == "cost":
                texts[part] = cost(work)
            else:
                texts[part] = expire(given.work or work, given.rows, given.expired)
        sys.stdout.write(f"{part}: {texts[part]}\n")
        sys.stdout.flush()
        if given.write:
            command = f"python -m benchmarks.quality.rules --parts {part}{sizes[part]} --write"
            text = f"## Rules of the data: {part}\n\n`{command}`. {texts[part]}"
            write_section(f"rules-{part}", text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
