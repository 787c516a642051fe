"""`make test`: every check, then every test on SQLite, then again on PostgreSQL with Redis and browser.

`--lint` stops before the tests; `--fast` runs the tests on SQLite alone; what follows `--` goes to pytest.
The first stage that fails ends the run.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts.console import ROOT, die, say
from scripts.services import ServiceError, servers

BIN = Path(sys.executable).parent
REPORTS = ROOT / "var" / "reports"
SERVER_VARIABLES = ("DATABASE_URL", "CELERY_BROKER_URL", "REDIS_URL", "DATA_DIR")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


class StageFailedError(RuntimeError):
    """A stage ended badly; what it printed says why."""


@dataclass
class Run:
    """The stages done so far, with their seconds, and the tests counted."""

    stages: list[tuple[str, float, str]] = field(default_factory=list)
    passed: int = 0
    failed: int = 0

    def stage(self, name: str, work: Callable[[], object]) -> None:
        say(f"\n── {name}")
        begun, outcome = time.monotonic(), "failed"
        try:
            work()
            outcome = "ok"
        finally:
            self.stages.append((name, time.monotonic() - begun, outcome))

    def summary(self) -> None:
        say("\n── summary")
        for name, seconds, outcome in self.stages:
            say(f"{outcome:>6}  {seconds:7.1f} s  {name}")
        if self.passed or self.failed:
            say(f"tests: {self.passed} passed, {self.failed} failed")


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("--lint", action="store_true", help="the checks alone")
    asked.add_argument("--fast", action="store_true", help="the tests on SQLite alone")
    asked.add_argument("pytest", nargs="*", help="arguments for pytest, after --")
    options = asked.parse_args()
    done = Run()
    try:
        if not options.fast:
            checks(done)
        if not options.lint:
            tests(done, options.pytest, everything=not options.fast)
    except (StageFailedError, ServiceError) as problem:
        done.summary()
        print(f"\n{problem}", file=sys.stderr)
        return 1
    done.summary()
    return 0


def checks(done: Run) -> None:
    """What can be told without running a test."""
    python, manage = [str(BIN / "python")], [str(BIN / "python"), "manage.py"]
    for name, command in {
        "ruff": [str(BIN / "ruff"), "check", "."],
        "ruff format": [str(BIN / "ruff"), "format", "--check", "."],
        "mypy": [str(BIN / "mypy"), "."],
        "layers (import-linter)": [str(BIN / "lint-imports")],
        "migrations": [*manage, "makemigrations", "--check", "--dry-run"],
        "translations": [*python, "-m", "scripts.translations", "check"],
        "templates (djlint)": [str(BIN / "djlint"), "templates", "--lint", "--quiet"],
    }.items():
        done.stage(name, lambda command=command: call(command, plain_environment()))  # type: ignore[misc]


def tests(done: Run, arguments: list[str], *, everything: bool) -> None:
    """pytest on SQLite, then with servers of its own. Two workers: what a small machine bears."""
    parallel = ["-n", "2", "--dist", "loadscope", *arguments]
    done.stage("tests on SQLite", lambda: pytest(done, parallel, plain_environment(), "sqlite"))
    if not everything:
        return
    done.stage("Chromium and a Chinese font", ensure_browser)

    def with_servers() -> None:
        with servers() as variables:
            environment = plain_environment() | variables
            call([str(BIN / "python"), "manage.py", "migrate", "--noinput", "-v", "0"], environment)
            template = {"TEST_TEMPLATE": variables["DATABASE_URL"].rpartition("/")[2]}
            pytest(done, parallel, environment | template, "postgres")

    done.stage("tests on PostgreSQL, Redis, workers and Chromium", with_servers)


def plain_environment() -> dict[str, str]:
    """This environment without what would point the tests at somebody's real database."""
    kept = {name: value for name, value in os.environ.items() if name not in SERVER_VARIABLES}
    return kept | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT), "DEMO": "1"}


def call(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise StageFailedError(f"`{' '.join(command[:4])}` ended with {done.returncode}")


def pytest(done: Run, arguments: list[str], environment: Mapping[str, str], name: str) -> None:
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    command = [
        str(BIN / "python"),
        "-m",
        "pytest",
        f"--junitxml={report}",
        "-q",
        "--durations=10",
        *arguments,
    ]
    try:
        call(command, environment)
    finally:
        if report.exists():
            passed, failed = counted(report)
            done.passed, done.failed = done.passed + passed, done.failed + failed


def counted(report: Path) -> tuple[int, int]:
    """Passed and failed tests of one JUnit report; an error counts as a failure."""
    suites = ET.parse(report).getroot().iter("testsuite")
    passed = failed = 0
    for suite in suites:
        bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        failed += bad
        passed += int(suite.get("tests", 0)) - bad - int(suite.get("skipped", 0))
    return passed, failed


def ensure_browser() -> None:
    """Chromium and a font for Chinese: installed where we may (root on Debian), else asked for."""
    missing = []
    if not any(map(shutil.which, CHROMIUM)):
        missing.append("chromium")
    if not has_chinese_font():
        missing.append("fonts-noto-cjk")
    if not missing:
        return
    if os.getuid() or not shutil.which("apt-get"):
        raise StageFailedError(f"the browser tests need {' and '.join(missing)}; on Debian: "
                               f"apt-get install {' '.join(missing)}")  # fmt: skip
    say(f"installing {' '.join(missing)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    call(["apt-get", "update", "-qq"], environment)
    call(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], environment)


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


if __name__ == "__main__":
    if Path.cwd() != ROOT:
        die(f"run it in {ROOT.name}/, the project's folder")
    raise SystemExit(main())
