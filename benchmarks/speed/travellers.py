"""Reading travellers: rows a second and peak memory, by format.

    python -m benchmarks.speed.travellers [--rows 1000000] [--formats csv,xlsx] [--write]

Steps: draw the passengers once and write them to a file of each format -> read each file in a process of its own ->
table. Processor time is that of the reading process, all threads, start of the interpreter left out; memory is the
highest that the operating system saw, interpreter and libraries included.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import dataclasses
import datetime
import gzip
import io
import json
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import results
from benchmarks.population import Passenger, passengers
from matcher.documents.mrz.check_digits import check_digit

HEADER = tuple(field.name for field in dataclasses.fields(Passenger))
SEED = 3
CHUNK_ROWS = 20_000
_EPOCH = datetime.date(1899, 12, 30)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_RELATIONS}"><sheets>'
    '<sheet name="Travellers" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet {_MAIN}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
}


class Writer(NamedTuple):
    """How a format is written: the file's ending, and what opens it as a function that takes rows."""

    ending: str
    open: Callable[[Path], contextlib.AbstractContextManager[Callable[[Sequence[Passenger]], None]]]


@contextlib.contextmanager
def write_text(
    path: Path, line_of: Callable[[Passenger], str], head: str = "", encoding: str = "utf-8"
) -> Iterator[Any]:
    """Write one text a row; what the encoding lacks becomes a question mark."""
    with (
        gzip.open(path, "wb", 6) if path.suffix == ".gz" else path.open("wb") as raw,
        io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline="") as stream,
    ):
        stream.write(head)
        yield lambda rows: stream.writelines(map(line_of, rows))


@contextlib.contextmanager
def write_columnar(path: Path) -> Iterator[Any]:
    """Write Parquet or an Arrow file, all columns text."""
    schema = pa.schema([(name, pa.large_string()) for name in HEADER])
    with pq.ParquetWriter(path, schema) if path.suffix == ".parquet" else pa.ipc.new_file(path, schema) as writer:
        yield lambda rows: writer.write_table(
            pa.table(
                [pa.array(column, pa.large_string()) for column in zip(*map(dataclasses.astuple, rows), strict=True)],
                schema,
            )
        )


@contextlib.contextmanager
def write_workbook(path: Path) -> Iterator[Any]:
    """Write an xlsx with shared texts, as office programs do, and real dates."""
    texts: dict[str, int] = {}
    n_rows = 1

    def cell(name: str, value: str) -> str:
        if name == "date_of_birth" and value != name:
            return f'<c s="1"><v>{(datetime.date.fromisoformat(value) - _EPOCH).days}</v></c>'
        return f'<c t="s"><v>{texts.setdefault(value, len(texts))}</v></c>'

    def row(values: Iterable[str]) -> bytes:
        nonlocal n_rows
        cells = "".join(cell(name, value) for name, value in zip(HEADER, values, strict=True))
        n_rows += 1
        return f'<row r="{n_rows - 1}">{cells}</row>'.encode()

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as packed:
        for name, content in _PARTS.items():
            packed.writestr(name, _XML + content)
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f"{_XML}<worksheet {_MAIN}><sheetData>".encode() + row(HEADER))
            yield lambda rows: sheet.write(b"".join(row(dataclasses.astuple(one)) for one in rows))
            sheet.write(b"</sheetData></worksheet>")
        with packed.open("xl/sharedStrings.xml", "w", force_zip64=True) as strings:
            strings.write(f"{_XML}<sst {_MAIN}>".encode())
            strings.writelines(f"<si><t>{escape(text)}</t></si>".encode() for text in texts)
            strings.write(b"</sst>")


def csv_line(row: Passenger) -> str:
    """Write a row of a CSV file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(dataclasses.astuple(row))
    return text.getvalue()


def flat_line(row: Passenger) -> str:
    """Write a flat object of JSON Lines."""
    return json.dumps(dataclasses.asdict(row), ensure_ascii=False) + "\n"


def api_line(row: Passenger) -> str:
    """Write an object in the API's form."""
    document = {"number": row.document_number, "issuing_state": row.issuing_state, "type": row.document_type}
    shaped = {
        "reference": row.reference,
        "names": [row.full_name],
        "birth_date": row.date_of_birth,
        "sex": row.gender,
        "nationalities": [row.nationality],
        "birth_place": row.place_of_birth,
        "documents": [document],
    }
    return json.dumps(shaped, ensure_ascii=False) + "\n"


def zone(row: Passenger) -> str:
    """Write a TD3 zone; a name in another script becomes X, which costs the reader the same."""
    name = re.sub("[^A-Z]", "<", row.full_name.upper().replace(", ", "<<")) if row.full_name.isascii() else "X<<X"
    number = re.sub("[^A-Z0-9]", "<", row.document_number.upper())[:9].ljust(9, "<")
    birth = row.date_of_birth[2:].replace("-", "")
    fields = [number, birth, "300101", "<" * 14]
    checked = [field + check_digit(field) for field in fields]
    composite = check_digit("".join(checked))
    sex = row.gender[0].upper()
    line2 = f"{checked[0]}{row.nationality}{checked[1]}{sex}{checked[2]}{checked[3]}{composite}"
    return f"P<{row.issuing_state}{name}".ljust(44, "<")[:44] + f"\n{line2}\n\n"


_CSV_HEAD = ",".join(HEADER) + "\n"
WRITERS = {
    "csv": Writer(".csv", lambda path: write_text(path, csv_line, _CSV_HEAD)),
    "csv, Windows-1256": Writer(".1256.csv", lambda path: write_text(path, csv_line, _CSV_HEAD, "windows-1256")),
    "csv, gzip": Writer(".csv.gz", lambda path: write_text(path, csv_line, _CSV_HEAD)),
    "jsonl, flat": Writer(".jsonl", lambda path: write_text(path, flat_line)),
    "jsonl, API form": Writer(".api.jsonl", lambda path: write_text(path, api_line)),
    "xlsx": Writer(".xlsx", write_workbook),
    "parquet": Writer(".parquet", write_columnar),
    "arrow": Writer(".arrow", write_columnar),
    "mrz": Writer(".mrz", lambda path: write_text(path, zone)),
}


def write_all(folder: Path, n: int, formats: Sequence[str]) -> dict[str, Path]:
    """Write n passengers to a file of each format, drawn once."""
    paths = {name: folder / f"travellers{WRITERS[name].ending}" for name in formats}
    with contextlib.ExitStack() as stack:
        writers = [stack.enter_context(WRITERS[name].open(path)) for name, path in paths.items()]
        rows: list[Passenger] = []
        for row in passengers(n, SEED):
            rows.append(row)
            if len(rows) == CHUNK_ROWS:
                for write in writers:
                    write(rows)
                rows = []
        if rows:
            for write in writers:
                write(rows)
    return paths


def read(path: Path) -> dict[str, float]:
    """Read a file whole and count; for a process of its own."""
    import matcher

    began, began_cpu = time.perf_counter(), time.process_time()
    n_rows = n_rejects = 0
    with matcher.read_travellers(path) as reader:
        for batch in reader:
            n_rows += batch.num_rows
            n_rejects += batch.num_rows - batch.column("reject_reason").null_count
    return {
        "rows": n_rows,
        "rejects": n_rejects,
        "cpu": time.process_time() - began_cpu,
        "seconds": time.perf_counter() - began,
        "megabytes": peak_megabytes(),
    }


def peak_megabytes() -> float:
    """Return this process's highest resident memory; `ru_maxrss` would begin with what the parent process held."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"))
    assert found is not None
    return int(found[1]) / 1024


def measure(paths: dict[str, Path]) -> dict[str, dict[str, float]]:
    """Read each file in a fresh process."""
    found = {}
    for name, path in paths.items():
        command = [sys.executable, "-m", "benchmarks.speed.travellers", "--read", str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found[name] = json.loads(done.stdout)
    return found


def table(found: dict[str, dict[str, float]], sizes: dict[str, int], n: int) -> str:
    """Write the table in Markdown."""
    lines = [
        "## Reading travellers",
        "",
        f"`python -m benchmarks.speed.travellers --rows {n} --write`, {datetime.date.today().isoformat()}, "
        f"{n:,} made-up travellers, one process a format.",
        "",
        "| format | file, MB | rows a CPU second | rows a second | peak memory, MB | rejects |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, one in found.items():
        per_cpu, per_second = one["rows"] / one["cpu"], one["rows"] / one["seconds"]
        lines.append(
            f"| {name} | {sizes[name] / 1e6:,.0f} | {per_cpu:,.0f} | {per_second:,.0f} "
            f"| {one['megabytes']:,.0f} | {one['rejects']:.0f} |"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--formats", default=";".join(WRITERS), help="names of the table, separated by ;")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/RESULTS.md")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.read:
        sys.stdout.write(json.dumps(read(options.read)))
        return
    with tempfile.TemporaryDirectory() as folder:
        paths = write_all(Path(folder), options.rows, options.formats.split(";"))
        sizes = {name: path.stat().st_size for name, path in paths.items()}
        found = measure(paths)
    if wrong := [name for name, one in found.items() if one["rows"] != options.rows]:
        raise SystemExit(f"rows were lost or doubled: {', '.join(wrong)}")
    text = table(found, sizes, options.rows)
    sys.stdout.write(text + "\n")
    if options.write:
        results.write_section("travellers", text)


if __name__ == "__main__":
    main()
