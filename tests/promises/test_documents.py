"""What the documents say is true: the README's lines run, its figures are measured ones, its files exist."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_readme_lines_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ten lines of the README run as they stand, beside the shipped data."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    blocks = "\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(blocks, {}, "README", "README.md", 0)
    assert len(test.examples) >= 8
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


def test_figures_of_the_measured_table_come_from_the_results() -> None:
    """Every share with counts in the README's table stands in benchmarks/RESULTS.md."""
    results = (ROOT / "benchmarks" / "RESULTS.md").read_text("utf-8")
    table = README.partition("## Measured")[2].partition("## ")[0]
    figures = re.findall(r"\d+(?:\.\d+)? % \(\d[\d,]* of [\d,]+|\d+\.\d \(\d+ in [\d,]+", table)
    assert len(figures) >= 4
    for figure in figures:
        assert figure in results, figure


def test_folders_and_files_named_exist() -> None:
    """Paths in back quotes in the map and the rules exist."""
    named = re.findall(r"`((?:matcher|service|benchmarks|data|tests)/[\w./-]*)`", README)
    assert named
    for name in named:
        assert (ROOT / name).exists(), name


def test_declared_dependencies() -> None:
    """The given packages are declared, the service's only in its extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    core = {re.split(r"[\[<>=]", one)[0] for one in project["dependencies"]}
    service = {re.split(r"[\[<>=]", one)[0] for one in project["optional-dependencies"]["service"]}
    assert {"rapidfuzz", "jellyfish", "polars", "pyarrow"} <= core
    assert "fastapi" in service
    assert not {"fastapi", "uvicorn", "pydantic-settings"} & core


def test_lock_file_has_hashes_and_no_host() -> None:
    """Every pinned package has hashes, and no registry host is named."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    pinned = re.findall(r"^[\w.-]+(?:\[[\w,-]+\])?==.*$", lock, re.MULTILINE)
    assert pinned
    assert all(line.endswith("\\") for line in pinned)


def test_every_public_name_is_documented() -> None:
    """Each name that `import matcher` promises exists and has a docstring."""
    import matcher

    for name in matcher.__all__:
        assert (getattr(matcher, name).__doc__ or "").strip(), name


@pytest.mark.skipif(os.name != "posix", reason="file modes are a POSIX matter")
def test_ci_calls_make_test() -> None:
    """What continuous integration runs is `make test`, and the file can be run."""
    path = ROOT / ".ci" / "run"
    assert "make test" in path.read_text("utf-8")
    assert os.access(path, os.X_OK)
