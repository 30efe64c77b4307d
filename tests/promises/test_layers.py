"""Layers: every module imports only from layers below its own, and siblings leave each other alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Lowest first; modules or packages on one line are siblings. matcher/DESIGN.md explains the order.
LAYERS = (
    ("errors",),
    ("files",),
    ("jit",),
    ("records", "schema"),
    ("policy",),
    ("dates",),
    ("text",),
    ("documents",),
    ("access",),
    ("query",),
    ("entry",),
    ("ingest", "passengers", "output"),
    ("rejects",),
    ("snapshot",),
    ("compare",),
    ("score",),
    ("index",),
    ("candidates",),
    ("listed",),
    ("searchable",),
    ("decide",),
    ("explain",),
    ("decision", "names", "conflicts"),
    ("answer", "exceptions"),
    ("screen",),
    ("watchlist",),
    ("publish", "trial"),
    ("retention",),
    ("store",),
    ("calibration", "screening"),
    ("report",),
    ("cli",),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def imports_of(source: str) -> set[str]:
    """Names of the project's modules that a source imports, as `matcher.x` or `service.x`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.split(".")[0] in ("matcher", "service", "benchmarks", "tests")}


def faults_of(module: str, source: str) -> list[str]:
    """What a module of `matcher` imports against the rules; empty when it keeps them."""
    own = module.split(".")[1]
    faults = []
    for name in sorted(imports_of(source)):
        top, _, rest = name.partition(".")
        other = rest.split(".")[0]
        if top != "matcher":
            faults.append(f"{module} imports {name}: matcher stands alone")
        elif other in RANK and other != own and RANK[other] >= RANK[own]:
            faults.append(f"{module} imports {name}: {other} is not below {own}")
    return faults


def modules() -> list[tuple[str, Path]]:
    paths = sorted((ROOT / "matcher").rglob("*.py"))
    return [(".".join(path.relative_to(ROOT).with_suffix("").parts), path) for path in paths]


def test_every_module_has_a_layer() -> None:
    """A new module or package is placed in LAYERS before it is used."""
    tops = {name.split(".")[1] for name, _ in modules()} - {"__init__"}
    assert tops == set(RANK)


@pytest.mark.parametrize(("name", "path"), [one for one in modules() if one[0] != "matcher.__init__"])
def test_imports_go_down_only(name: str, path: Path) -> None:
    """No module imports its own layer's siblings, a layer above, the service, the benchmarks or the tests."""
    assert faults_of(name, path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("matcher.text.names", "from matcher.score.model import Model"),
        ("matcher.output.csv", "import matcher.ingest.sink"),
        ("matcher.watchlist", "from service.app import create_app"),
        ("matcher.files", "def late():\n    from matcher import store\n"),
    ],
)
def test_a_planted_fault_is_found(module: str, source: str) -> None:
    """Upward, sideways, to the service, and hidden in a function: each is reported."""
    assert faults_of(module, source)


def test_only_kernels_are_compiled() -> None:
    """`matcher.jit` is for modules of kernels, by whose names its digest finds them; numba is imported by it alone."""
    for name, path in modules():
        source = path.read_text("utf-8")
        if not path.name.endswith("kernels.py"):
            assert "matcher.jit" not in imports_of(source), name
        if name != "matcher.jit":
            roots = {node.names[0].name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import)}
            assert "numba" not in roots, name


def test_the_library_imports_no_web_framework() -> None:
    """`matcher` never imports FastAPI, Starlette or uvicorn."""
    for name, path in modules():
        tree = ast.parse(path.read_text("utf-8"))
        found = {
            alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }
        found |= {
            node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
        }
        assert not found & {"fastapi", "starlette", "uvicorn", "pydantic"}, name
