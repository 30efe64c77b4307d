"""Runs in the environment of other engines: a list of names as JSON in, what each engine found on the last line out.

tantivy: every token within one letter (two from seven letters on), half of the tokens at least. sparse_dot_topn:
cosine of weighted 3-grams, the best 50 from .4 on. polars: names that share a token, or the first four letters of one,
at most 5,000 names a key, then rapidfuzz's token_sort_ratio from 80 on. duckdb: jaro_winkler_similarity from .9 on.
An engine that is missing or fails is told as skipped.
"""

from __future__ import annotations

import json
import pathlib
import re
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

Search = Callable[[list[str]], list[list[int]]]
MOST_A_KEY = 5_000


def words(name: str) -> list[str]:
    """Lower-case words of a name."""
    return re.findall(r"[a-z]+", name.lower())


def tantivy(names: list[str]) -> Search:
    """Fuzzy terms, with a vote."""
    engine: Any = import_module("tantivy")
    builder = engine.SchemaBuilder()
    builder.add_text_field("name", stored=False, tokenizer_name="default")
    builder.add_integer_field("row", stored=True, indexed=False)
    schema = builder.build()
    index = engine.Index(schema)
    writer = index.writer(heap_size=500_000_000, num_threads=1)
    for row, name in enumerate(names):
        writer.add_document(engine.Document(name=" ".join(words(name)), row=row))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(queries: list[str]) -> list[list[int]]:
        found = []
        for query in queries:
            terms = [
                (engine.Occur.Must if len(words(query)) < 3 else engine.Occur.Should,
                 engine.Query.fuzzy_term_query(schema, "name", word, distance=2 if len(word) > 6 else 1))
                for word in words(query)
            ]  # fmt: skip
            hits = searcher.search(engine.Query.boolean_query(terms), 100).hits
            found.append([int(searcher.doc(address)["row"][0]) for _, address in hits])
        return found

    return search


def three_grams(names: list[str]) -> Search:
    """Cosine of 3-grams weighted by rarity."""
    np: Any = import_module("numpy")
    sparse: Any = import_module("scipy.sparse")
    topn: Any = import_module("sparse_dot_topn")
    known: dict[str, int] = {}

    def counts(texts: list[str], learn: bool) -> Any:
        rows, columns = [], []
        for row, text in enumerate(texts):
            padded = f" {' '.join(words(text))} "
            for at in range(len(padded) - 2):
                gram = padded[at : at + 3]
                column = known.setdefault(gram, len(known)) if learn else known.get(gram, -1)
                if column >= 0:
                    rows.append(row)
                    columns.append(column)
        shape = (len(texts), len(known))
        return sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)

    listed = counts(names, True)
    weights = np.log(len(names) / np.maximum(1, listed.astype(bool).sum(0))).A1.astype(np.float32)

    def normal(matrix: Any) -> Any:
        matrix = matrix @ sparse.diags(weights)
        lengths = np.sqrt(matrix.multiply(matrix).sum(1)).A1
        return (sparse.diags(1 / np.maximum(lengths, 1e-9)) @ matrix).tocsr().astype(np.float32)

    right = normal(listed).T.tocsr()

    def search(queries: list[str]) -> list[list[int]]:
        scores = topn.sp_matmul_topn(normal(counts(queries, False)), right, top_n=50, threshold=0.4, n_threads=1)
        return [scores.indices[scores.indptr[q] : scores.indptr[q + 1]].tolist() for q in range(len(queries))]

    return search


def blocks(names: list[str]) -> Search:
    """Keys joined in polars, then rapidfuzz on the pairs."""
    pl: Any = import_module("polars")
    process: Any = import_module("rapidfuzz.process")
    fuzz: Any = import_module("rapidfuzz.fuzz")

    def keys(texts: list[str]) -> Any:
        pairs = [(row, key) for row, text in enumerate(texts) for word in words(text) for key in (word, f"{word[:4]}-")]
        return pl.DataFrame({"row": [row for row, _ in pairs], "key": [key for _, key in pairs]})

    listed = keys(names)
    common = listed.group_by("key").len().filter(pl.col("len") > MOST_A_KEY)
    listed = listed.join(common, on="key", how="anti")
    lowered = [" ".join(words(name)) for name in names]

    def search(queries: list[str]) -> list[list[int]]:
        pairs = keys(queries).join(listed, on="key", suffix="_listed").select("row", "row_listed").unique()
        asked, rows = pairs["row"].to_list(), pairs["row_listed"].to_list()
        texts = [" ".join(words(query)) for query in queries]
        scores = process.cpdist(
            [texts[q] for q in asked], [lowered[row] for row in rows], scorer=fuzz.token_sort_ratio, workers=1
        )
        found: list[list[int]] = [[] for _ in queries]
        for q, row, score in zip(asked, rows, scores.tolist(), strict=True):
            if score >= 80:
                found[q].append(row)
        return found

    return search


def jaro_winkler(names: list[str]) -> Search:
    """A scan of the table in duckdb."""
    pl: Any = import_module("polars")
    connection = import_module("duckdb").connect()
    connection.execute("set threads = 1")
    listed = pl.DataFrame({"row": range(len(names)), "name": [" ".join(words(name)) for name in names]})
    connection.register("incoming", listed)
    connection.execute("create table listed as select * from incoming")

    def search(queries: list[str]) -> list[list[int]]:
        statement = "select row from listed where jaro_winkler_similarity(name, ?) >= 0.9"
        return [
            [row for (row,) in connection.execute(statement, [" ".join(words(query))]).fetchall()] for query in queries
        ]

    return search


ENGINES: dict[str, Callable[[list[str]], Search]] = {
    "tantivy, fuzzy terms": tantivy,
    "sparse_dot_topn, 3-grams": three_grams,
    "polars blocking, rapidfuzz": blocks,
    "duckdb jaro_winkler ≥ .9": jaro_winkler,
}


def measure(title: str, make: Callable[[list[str]], Search], names: list[str], task: dict[str, Any]) -> dict[str, Any]:
    """Build an engine, ask it, and count what it found."""
    start = time.process_time()
    search = make(names)
    build = time.process_time() - start
    search(task["clean"][:2])
    start = time.process_time()
    clean = search(task["clean"])
    each = 1e3 * (time.process_time() - start) / len(clean)
    kinds = []
    for one in task["kinds"].values():
        found = search(one["queries"])
        right = sum(source in rows for source, rows in zip(one["sources"], found, strict=True))
        wrong = sum(
            names[row] != names[source] for source, rows in zip(one["sources"], found, strict=True) for row in rows
        )
        kinds.append((right / len(found), wrong / len(found)))
    return {"engine": title, "build": build, "each": each, "clean": sum(map(len, clean)) / len(clean), "kinds": kinds}


def main() -> None:
    """Measure every engine that is there."""
    task = json.load(sys.stdin)
    with pathlib.Path(task["names"]).open(encoding="utf-8") as stream:
        names = json.load(stream)
    rows = []
    for title, make in ENGINES.items():
        try:
            rows.append(measure(title, make, names, task))
        except (ImportError, AttributeError, TypeError, ValueError, RuntimeError) as error:
            rows.append({"engine": title, "skipped": f"{type(error).__name__}: {error}"[:200].replace("\n", " ")})
        sys.stderr.write(f"{rows[-1]}\n")
    sys.stdout.write(json.dumps(rows) + "\n")


if __name__ == "__main__":
    main()
