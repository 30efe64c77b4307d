"""Runs `epervier` in this process or as its own, and small lists to run it on."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from matcher.cli.main import main

DOCUMENTS = """document_number,issuing_state,document_type,status,reported_on,issued_on,expires_on,review_on,\
national_reference,note
L898902C3,UTO,P,stolen,2025-01-02,,,,,
AB1234567,IRQ,P,lost,2024-05-06,,,,,
"""
PEOPLE = "entry_id,name,born\n1,Yusuf Abd al-Rahman,1971-03-02\n2,يوسف عبد الرحمن,\n3,Anna Maria Eriksson,1974-08-12\n"
MAPPING = '[columns]\nentry_id = "entry_id"\nname = "name"\nbirth_date = "born"\n'


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Ran:
    """Run a command in this process."""
    capsys.readouterr()
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return Ran(code, out, err)


def spawn(*arguments: object, given: bytes = b"", timeout: float = 60) -> Ran:
    """Run a command as its own process."""
    command = [sys.executable, "-m", "matcher.cli.main", *map(str, arguments)]
    done = subprocess.run(command, input=given, capture_output=True, timeout=timeout, check=False)
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def write_lists(folder: Path) -> None:
    """Write two small lists and a mapping into a folder."""
    for name, text in (("documents.csv", DOCUMENTS), ("people.csv", PEOPLE), ("people.toml", MAPPING)):
        (folder / name).write_text(text, encoding="utf-8")
