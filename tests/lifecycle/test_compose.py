"""docker-compose.yml says nothing that the product does not understand."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from lifecycle.env import VARIABLES

OURS = ("prepare", "web", "worker", "beat")
RUNNING = ("web", "worker", "beat", "postgres", "redis")
REFERENCE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")
GIVEN = {"SECRET_KEY": "a-key-for-this-test-of-more-than-32-characters", "POSTGRES_PASSWORD": "p%40ss"}
COMPOSE: dict[str, Any] = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]


def resolved(text: str) -> str:
    """What compose makes of a value, with GIVEN as the caller's environment."""

    def one(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        assert name in GIVEN or kind == "-", f"{name} has neither a default nor a value"
        return GIVEN.get(name, rest)

    return REFERENCE.sub(one, text)


@pytest.mark.parametrize("name", OURS)
def test_every_variable_it_sets_is_one_that_settings_read(name: str) -> None:
    assert set(SERVICES[name]["environment"]) <= set(VARIABLES)


@pytest.mark.parametrize(
    "name", ["PASSWORD_DAYS", "IDLE_MINUTES", "SWEEP_SECONDS", "LOCK_AFTER", "LOCK_SECONDS", "LOG_LEVEL"]
)
def test_what_an_office_may_want_to_set_is_passed_on_with_the_usual_value_as_default(name: str) -> None:
    text = SERVICES["web"]["environment"][name]
    match = REFERENCE.fullmatch(text)
    assert match and match[1] == name
    usual = re.search(
        rf'env\.read\("{name}", .*, "(\w+)"\)', (settings.BASE_DIR / "lifecycle/settings.py").read_text()
    )
    assert usual and match[3] == usual[1]


def test_settings_accept_the_values_that_it_sets(tmp_path: Path) -> None:
    values = {name: resolved(text) for name, text in SERVICES["web"]["environment"].items()}
    environment = {"PATH": os.environ["PATH"]} | values | {"DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", "import lifecycle.settings as s; print(s.DATABASES['default']['PASSWORD'])"],
        env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "p@ss"


@pytest.mark.parametrize("name", ["SECRET_KEY", "POSTGRES_PASSWORD"])
def test_it_does_not_start_without_a_secret(name: str) -> None:
    used = [match for match in REFERENCE.finditer(repr(SERVICES["web"])) if match[1] == name]
    assert used
    assert {match[2] for match in used} == {"?"}


@pytest.mark.parametrize("name", RUNNING)
def test_every_running_service_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_product_starts_on_a_migrated_database(name: str) -> None:
    assert SERVICES[name]["depends_on"]["prepare"]["condition"] == "service_completed_successfully"
    assert "migrate" in SERVICES["prepare"]["command"]


def test_what_must_outlive_a_container_lies_on_a_volume() -> None:
    mounted = {entry.split(":")[0] for service in SERVICES.values() for entry in service.get("volumes", ())}
    assert mounted == set(COMPOSE["volumes"])
    assert all("files:/data" in SERVICES[name]["volumes"] for name in OURS)
    assert all(SERVICES[name]["environment"]["DATA_DIR"] == "/data" for name in OURS)


def test_foreign_images_name_their_major_version() -> None:
    tags = [service["image"].partition(":")[2] for service in SERVICES.values() if "build" not in service]
    assert tags
    assert all(tag[:1].isdigit() for tag in tags)


def test_the_image_does_not_run_as_root() -> None:
    lines = (settings.BASE_DIR / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert users[-1] not in {"root", "0"}
