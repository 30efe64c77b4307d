"""Settings come from options, environment and file in that order, hide their secrets, and are told in README."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from pydantic import SecretStr

from matcher.errors import UsageError
from service.commands import read_settings
from service.settings import Settings, shown, table
from tests.cli.runner import run

README = Path(__file__).parents[2] / "service" / "README.md"


def test_the_readme_tells_every_setting() -> None:
    """The table in service/README.md is the one that the settings themselves make."""
    rows = [f"| `{name}` | {default} | {meaning} |" for name, default, meaning in table()]
    told = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert told == rows


def test_the_order_of_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An option wins over the environment, the environment over the file, the file over the default."""
    file = tmp_path / "service.toml"
    file.write_text('store = "lists.store"\nport = 1\nqueue = 1\nrate_per_second = 1\n', encoding="utf-8")
    monkeypatch.setenv("EPERVIER_PORT", "2")
    monkeypatch.setenv("EPERVIER_QUEUE", "2")
    settings = read_settings(config=file, port=3)
    assert (settings.port, settings.queue, settings.rate_per_second, settings.workers >= 1) == (3, 2, 1, True)
    assert pickle.loads(pickle.dumps(settings)) == settings  # several processes are handed them


@pytest.mark.parametrize("content", ["port = ", "rate_per_secnd = 1\nstore = 's'", "store = 's'\nport = 99999", "\xff"])
def test_a_bad_file_refuses_to_start(tmp_path: Path, content: str) -> None:
    """No TOML, an unknown name, a value outside its range, another encoding: one line names the fault."""
    file = tmp_path / "service.toml"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(UsageError) as refused:
        read_settings(config=file)
    assert "\n" not in str(refused.value)
    with pytest.raises(UsageError):
        read_settings(config=tmp_path / "nothing.toml")


def test_secrets_are_hidden(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Neither `config show` nor the settings' own text tells a password."""
    file = tmp_path / "service.toml"
    file.write_text(
        'store = "s"\ndatabase = "postgresql://police:HIDDEN1@db:5432/audit?password=HIDDEN2"\n'
        'tls_key_password = "HIDDEN3"\n',
        encoding="utf-8",
    )
    settings = read_settings(config=file)
    ran = run(capsys, "config", "show", "--config", file)
    assert ran.code == 0
    assert "database = postgresql://police:***@db:5432/audit" in ran.out
    for text in (ran.out, repr(settings), str(settings), str(shown(settings))):
        assert "HIDDEN" not in text


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("sqlite", "sqlite:///s/service.sqlite"),
        ("postgres://h/d", "postgresql+psycopg://h/d"),
        ("postgresql://h/d", "postgresql+psycopg://h/d"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
    ],
)
def test_addresses_of_databases(given: str, url: str) -> None:
    """`sqlite` is a file of the store; PostgreSQL's usual addresses get the driver that is installed."""
    assert Settings(store=Path("s"), database=SecretStr(given)).database_url.get_secret_value() == url
