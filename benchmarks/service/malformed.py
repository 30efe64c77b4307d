"""Requests that mean harm, by the hundred thousand: no answer of the 5xx kind, no hang, a server that still answers.

    python -m benchmarks.service.malformed [--requests 100000] [--seed 7] [--write]

Raw bytes over a socket, so that nothing is set right on the way: broken request lines and heads, lengths that lie,
chunks that lie, bodies that are cut, mutated, deep, of another encoding, packed, or good ones for another route. Each
gets `WAIT_SECONDS` for an answer or an end of the connection. 503 with `Retry-After` (turned away) is no failure.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import matcher
from benchmarks.results import write_section
from benchmarks.service.serving import server

WAIT_SECONDS = 15.0  # the server waits for a head for 10 s, here for a body for 1 s
CONNECTIONS = 32
ROUTES = ("/v1/lookups", "/v1/documents/search", "/v1/compare", "/v1/screenings", "/", "/v1/lists", "/v1/model",
          "/v1/entries/people/1", "/healthz", "/readyz", "/metrics", "/nowhere")  # fmt: skip
METHODS = (*["POST"] * 12, *["GET"] * 4, "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW", "\x00")
SUFFIXES = (*[""] * 12, "?format=csv", "?format=jsonl", "?q=%ff", "?" + "a" * 3000, "/../x", "%00")
VERSIONS = (*["1.1"] * 12, "1.0", "9.9")
TYPES = (
    *["application/json"] * 6, "application/json; charset=utf-16", "text/csv", "application/x-ndjson", "text/plain",
    "application/vnd.apache.parquet", "application/vnd.apache.arrow.stream", "application/x-www-form-urlencoded", "",
    "a" * 5000,
)  # fmt: skip
GOOD: tuple[Any, ...] = (
    {"travellers": [{"names": ["ERIKSSON, Anna Maria"], "birth_date": "1974-08-12", "documents": [{"number": "L8"}]}]},
    {"mrz": "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"},
    {"documents": [{"number": "L898902C3", "issuing_state": "UTO"}], "near": True},
    {"left": "Yusuf", "right": "يوسف"},
    {"left": ["A", None], "right": ["B", "C"]},
)
TOKENS = (b"[", b"]", b"{", b"}", b'"', b"null", b"1e999", b"-", b"\\u0000", b"\\ud83d", b"\xff", b"\x00", b"\r\n",
          b"\xef\xbb\xbf", b"\xe2\x80\xae", b"%00", b"=1+1", b"<script>", b"../../etc/passwd")  # fmt: skip


def make_body(draw: random.Random) -> bytes:
    """Make a body: good, mutated, deep, of another encoding, packed, or noise."""
    good = json.dumps(draw.choice(GOOD), ensure_ascii=draw.random() < 0.5).encode()
    match draw.randrange(9):
        case 0:
            return good
        case 1:
            return good[: draw.randrange(len(good))]
        case 2:
            return draw.choice((b"[", b'{"a":', b'{"travellers":[')) * draw.choice((10, 1000, 100_000))
        case 3:
            return good.decode().encode(draw.choice(("utf-16", "utf-32", "utf-7", "cp037")), "replace")
        case 4:
            return gzip.compress(good * draw.choice((1, 1000)))
        case 5:
            return draw.randbytes(draw.choice((0, 1, 100, 10_000)))
        case 6:
            return b"full_name,number\n" + b"".join(draw.choice(TOKENS) + b",\n" for _ in range(draw.randrange(50)))
        case _:
            return mutate(draw, good)


def mutate(draw: random.Random, body: bytes) -> bytes:
    """Change a body at a few places."""
    made = bytearray(body)
    for _ in range(draw.randint(1, 5)):
        at = draw.randrange(len(made) + 1)
        made[at : at + draw.randrange(8)] = draw.choice(TOKENS) * draw.choice((1, 1, 1, 50))
    return bytes(made)


def make_request(draw: random.Random, host: str) -> bytes:
    """Make a whole request, or something like one."""
    if draw.random() < 0.03:
        return draw.randbytes(draw.randrange(1, 300))
    path = draw.choice(ROUTES) + draw.choice(SUFFIXES)
    body = make_body(draw)
    lines = [
        f"{draw.choice(METHODS)} {path} HTTP/{draw.choice(VERSIONS)}",
        f"Host: {host if draw.random() < 0.95 else 'evil.example'}",
        f"Content-Type: {draw.choice(TYPES)}",
        "Connection: close",
    ]
    if draw.random() < 0.1:
        lines.append(f"Content-Encoding: {draw.choice(('gzip', 'br', 'identity', 'zip, gzip'))}")
    if draw.random() < 0.1:
        lines.append(
            draw.choice(("X: " + "y" * 9000, "Accept: " + "a/b," * 500, "\x00: z", "Accept-Language: ar;q=nan"))
        )
    if draw.random() < 0.1:
        return _head([*lines, "Transfer-Encoding: chunked"]) + _chunks(draw, body)
    length = len(body) if draw.random() < 0.9 else draw.choice((0, len(body) // 2, len(body) + 1, -1, 10**20))
    return _head([*lines, f"Content-Length: {length}"]) + body


def _head(lines: list[str]) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def _chunks(draw: random.Random, body: bytes) -> bytes:
    said = len(body) if draw.random() < 0.7 else draw.choice((0, len(body) + 7, 10**12))
    return f"{said:x}\r\n".encode() + body + draw.choice((b"\r\n0\r\n\r\n", b"", b"\r\nzz\r\n"))


async def ask(place: tuple[str, int], request: bytes) -> str:
    """Send a request and say how it ended: a status, `closed`, or `hang`."""
    reader, writer = await asyncio.open_connection(*place)
    try:
        writer.write(request)
        async with asyncio.timeout(WAIT_SECONDS):
            head = await reader.readline()
            answer = head + await reader.read()
    except TimeoutError:
        return "hang"
    except ConnectionError:
        return "closed"
    finally:
        writer.close()
    if not head:
        return "closed"
    status = head.split()[1].decode("ascii", "replace") if head.startswith(b"HTTP/1.1 ") else "not HTTP"
    return "503 with Retry-After" if status == "503" and b"retry-after" in answer.lower() else status


async def run(place: tuple[str, int], n_requests: int, seed: int) -> tuple[Counter[str], list[int]]:
    """Send all of them; returns how they ended, and the numbers of those that failed."""
    ends: Counter[str] = Counter()
    failed: list[int] = []
    numbers = iter(range(n_requests))
    host = f"{place[0]}:{place[1]}"

    async def work() -> None:
        for number in numbers:
            end = await ask(place, make_request(random.Random(f"{seed}/{number}"), host))
            ends[end] += 1
            if end in ("hang", "not HTTP") or (
                end.startswith("5") and end not in ("501", "505") and "Retry" not in end
            ):
                failed.append(number)

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    return ends, failed


def main() -> int:
    """Send, print, and write the section if asked; 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--write", action="store_true")
    given: Any = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(__file__).parents[2] / "data"
        store = matcher.Store(Path(folder) / "store")
        store.import_list("sltd", format="sltd-csv", path=data / "lost_stolen_documents.csv")
        mapping = data / "mappings" / "suspects.toml"
        store.import_list("people", format="mapped-csv", path=data / "suspects.csv", mapping=mapping)
        with server(
            Path(folder) / "store", EPERVIER_BODY_TIMEOUT_SECONDS="1", EPERVIER_SCREENING_TIMEOUT_SECONDS="1"
        ) as (host, port, _):
            began = time.monotonic()
            ends, failed = asyncio.run(run((host, port), given.requests, given.seed))
            taken = time.monotonic() - began
            again = asyncio.run(
                ask((host, port), b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            )
    lines = [f"| {end} | {count:,} |" for end, count in sorted(ends.items())]
    table = "\n".join(["| end | requests |", "| --- | --- |", *lines])
    text = (
        f"## Service: {given.requests:,} malformed requests\n\n"
        f"`python -m benchmarks.service.malformed --requests {given.requests} --seed {given.seed}`: "
        f"{len(failed)} of the 5xx kind or hanging, {taken:.0f} s; ready afterwards: {again}.\n\n{table}"
    )
    sys.stdout.write(f"{text}\n" + "".join(f"failed: request {number}\n" for number in failed[:20]))
    if given.write:
        write_section("service-malformed", text)
    return 1 if failed or again != "200" else 0


if __name__ == "__main__":
    raise SystemExit(main())
