"""The container files parse, run as nobody in particular, hold no secret, and name commands and settings that exist."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "service" / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")


def instructions() -> list[tuple[str, str]]:
    """Instructions of the Dockerfile, each with its whole text."""
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE))
    lines = [line.strip() for line in joined.splitlines() if line.strip()]
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in lines]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file."""
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return found


def runs(arguments: list[str]) -> bool:
    """Tell whether the command line knows a command and its options."""
    given = [sys.executable, "-m", "matcher.cli.main", *arguments, "--help"]
    return subprocess.run(given, capture_output=True, check=False, timeout=60).returncode == 0


def test_the_image_is_built_in_stages_and_runs_without_rights() -> None:
    """Two stages of one base; the last one ends as another user than root, before anything of it runs."""
    kinds = [kind for kind, _ in instructions()]
    assert kinds.count("FROM") == 2
    last = instructions()[len(kinds) - 1 - kinds[::-1].index("FROM") :]
    users = [text for kind, text in last if kind == "USER"]
    assert users
    assert users[-1] not in {"root", "0"}
    copied = [text for kind, text in last if kind == "COPY"]
    assert all("--from=build" in text for text in copied)


def test_everything_copied_exists_and_packages_are_pinned() -> None:
    """What the build takes from the project is there, and packages come from the lock file with their hashes."""
    for kind, text in instructions():
        if kind == "COPY" and "--from" not in text:
            for name in text.split()[:-1]:
                assert (ROOT / name).exists(), name
    assert "--require-hashes --requirement requirements.lock" in DOCKERFILE


def test_images_have_their_usual_short_names(compose: dict[str, Any]) -> None:
    """No registry's host is named, and every version is said."""
    images = [text.split()[0] for kind, text in instructions() if kind == "FROM"]
    images += [one["image"] for one in compose["services"].values() if "build" not in one]
    for image in images:
        assert re.fullmatch(r"[a-z]+:[0-9][\w.-]*", image), image


def test_the_commands_exist(compose: dict[str, Any]) -> None:
    """Entry point, default command and the compose file's command are ours."""
    told = dict(instructions())
    assert json.loads(told["ENTRYPOINT"]) == ["epervier"]
    for command in (json.loads(told["CMD"]), compose["services"]["service"]["command"]):
        assert runs(command), command
    assert not runs(["conquer"])


def test_the_settings_exist(compose: dict[str, Any]) -> None:
    """Variables of image and compose file are settings of the service; secrets have no value here."""
    given = re.findall(r"EPERVIER_(\w+)", DOCKERFILE)
    environment = compose["services"]["service"]["environment"]
    given += [name.removeprefix("EPERVIER_") for name in environment]
    assert given
    assert {name.lower() for name in given} <= set(Settings.model_fields)
    for service in compose["services"].values():
        for name, value in service["environment"].items():
            if "PASSWORD" in name or "PASSWORD" in value:
                assert "${POSTGRES_PASSWORD:?" in value


def test_the_store_is_kept_and_the_end_is_graceful(compose: dict[str, Any]) -> None:
    """The store lies in a volume where the image makes it, and a stop leaves time for what is under way."""
    service = compose["services"]["service"]
    (volume,) = [one for one in service["volumes"] if one.startswith("lists:")]
    assert service["environment"]["EPERVIER_STORE"].startswith(volume.partition(":")[2])
    assert f"VOLUME {volume.partition(':')[2]}" in DOCKERFILE
    assert int(service["stop_grace_period"].removesuffix("s")) > Settings(store=Path("s")).stop_seconds
    assert service["cap_drop"] == ["ALL"]
    assert service["build"]["dockerfile"] == "service/deploy/Dockerfile"
    assert (DEPLOY / service["build"]["context"]).resolve() == ROOT
