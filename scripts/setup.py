"""From a bare checkout to a ready environment and a migrated database; a step runs when its inputs changed.

`python3 -m scripts.setup [base|demo|fresh-demo|test|node]` needs nothing but Python 3.11 with venv.
`base` ends with a migrated database, `demo` adds the demo data once, `fresh-demo` builds them anew in a fresh
database; `test` brings what the tests need and no database; `node` only brings Node.
"""

import argparse
import os
import sys
import time
import tomllib
from pathlib import Path

from scripts.console import (
    ROOT,
    VENV,
    VENV_PYTHON,
    Stamp,
    data_dir,
    die,
    fingerprint,
    port,
    refuse_taken_port,
    run,
    say,
)

CONSTRAINTS = ROOT / "constraints.txt"
CATALOGUES = ROOT / "locale"
DEMO_INPUTS = ("policies/packs", "accounts/organisations", "lifecycle/demo")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument(
        "goal", choices=["base", "demo", "fresh-demo", "test", "node"], nargs="?", default="base"
    )
    goal = asked.parse_args().goal
    os.environ.setdefault("DEMO", "1")
    for read in (port, data_dir):  # a wrong one is told before anything is done
        read()
    create_environment()
    if goal == "node":
        install("node")
        return
    install("")
    compile_catalogues()
    if goal == "test":
        install("dev")
        run([VENV_PYTHON, "-m", "scripts.build_static", "--vendor"])
        return
    run([VENV_PYTHON, "-m", "scripts.build_static"])
    if goal == "fresh-demo":
        set_database_aside()
    migrate()
    if goal != "base":
        prepare_demo()


def create_environment() -> None:
    """.venv/ with this Python, unless it is there."""
    if VENV_PYTHON.exists():
        return
    say("· virtual environment")
    run([sys.executable, "-m", "venv", VENV])


def install(extra: str) -> None:
    """Install the dependencies of pyproject.toml (or those of one extra) as constraints.txt pins them."""
    stamp = Stamp(
        VENV / f".installed-{extra or 'runtime'}", fingerprint(ROOT / "pyproject.toml", CONSTRAINTS)
    )
    if stamp.fresh():
        return
    say(f"· Python packages{f' ({extra})' if extra else ''}")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["optional-dependencies"][extra] if extra else project["dependencies"]
    pip: list[str | Path] = [
        VENV_PYTHON,
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--no-input",
    ]
    run([*pip, "-c", CONSTRAINTS, *wanted])
    stamp.write()


def compile_catalogues() -> None:
    """.po to .mo with Babel: a bare machine has no msgfmt."""
    sources = sorted(CATALOGUES.rglob("*.po"))
    stamp = Stamp(data_dir() / "catalogues.stamp", fingerprint(*sources))
    if stamp.fresh() and all(source.with_suffix(".mo").exists() for source in sources):
        return
    say("· translations")
    run([VENV_PYTHON, "-m", "scripts.translations", "compile"])
    stamp.write()


def migrate() -> None:
    """Bring the database up to date; an embedded one only when a migration or the file itself is new."""
    migrations = [path for path in ROOT.glob("*/migrations/*.py") if path.is_file()]
    stamp = Stamp(data_dir() / "migrated.stamp", fingerprint(*migrations, CONSTRAINTS))
    embedded = not os.environ.get("DATABASE_URL")
    if embedded and stamp.fresh() and (data_dir() / "lifecycle.sqlite3").exists():
        return
    say("· database")
    run([VENV_PYTHON, "manage.py", "migrate", "--noinput", "-v", "0"])
    stamp.write()


def set_database_aside() -> None:
    """Nothing that happened is ever deleted, so a fresh demo takes a fresh database; the old one is kept."""
    if os.environ.get("DATABASE_URL"):
        die("fresh demo data need an empty database: name one in DATABASE_URL and run `make run`")
    if os.environ["DEMO"] != "1":
        die("this is no demo (DEMO=0): its database is left alone")
    refuse_taken_port(port())
    moment = time.strftime("%Y%m%d-%H%M%S")
    for part in data_dir().glob("lifecycle.sqlite3*"):
        kept = part.rename(part.with_name(f"{moment}-{part.name}"))
        say(f"· kept: {os.path.relpath(kept)}")


def prepare_demo() -> None:
    """Organisation, packs, calendar and demo projects. The stamp goes with the database that it speaks of."""
    inputs = fingerprint(
        *(Path(ROOT / name) for name in DEMO_INPUTS), extra=os.environ.get("DATABASE_URL", "")
    )
    stamp = Stamp(data_dir() / "demo.stamp", f"{inputs} {_database_identity()}")
    if stamp.fresh():
        return
    say("· demo data (a minute or two)")
    run([VENV_PYTHON, "manage.py", "prepare_demo"])
    stamp.write()


def _database_identity() -> str:
    """Tells an embedded database from a newer one at the same place."""
    database = data_dir() / "lifecycle.sqlite3"
    return str(database.stat().st_ino) if database.exists() else ""


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        die("stopped", 130)
