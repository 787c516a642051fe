"""Bring the browser libraries into static/vendor/ and collect the static files.

npm installs what package-lock.json pins; only the files that package.json names under `vendor` are copied,
and the icons it lists are drawn into one SVG sprite. Where there is no Node, the `node` extra brings one.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.console import ROOT, VENV, VENV_PYTHON, Stamp, data_dir, die, fingerprint, run, say

VENDOR = ROOT / "static" / "vendor"
MODULES = ROOT / "node_modules"
OLDEST_NODE = 18
SOURCE_MAP = re.compile(r"^\s*(?://|/\*)# sourceMappingURL=.*$", re.MULTILINE)
SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def main() -> None:
    build_vendor()
    collect()


def build_vendor() -> None:
    """Fill static/vendor/, unless it was filled from the same inputs."""
    inputs = fingerprint(ROOT / "package.json", ROOT / "package-lock.json", Path(__file__))
    stamp = Stamp(VENDOR / ".stamp", inputs)
    if stamp.fresh():
        return
    say("· browser libraries")
    _npm_install()
    copy_vendor()
    stamp.write()


def copy_vendor() -> None:
    """From node_modules/ to static/vendor/: the named files and the sprite, nothing else."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    wanted = json.loads((ROOT / "package.json").read_text())
    for name, source in wanted["vendor"].items():
        _copy(MODULES / source, VENDOR / name)
    (VENDOR / "icons.svg").write_text(_sprite(wanted["icons"]))


def collect() -> None:
    """`collectstatic`, unless nothing that it reads has changed."""
    inputs = fingerprint(ROOT / "static", ROOT / "constraints.txt", ROOT / "lifecycle" / "settings.py")
    stamp = Stamp(data_dir() / "static.stamp", inputs)
    if stamp.fresh():
        return
    say("· static files")
    run([VENV_PYTHON, "manage.py", "collectstatic", "--noinput", "--clear", "-v", "0"], quiet=True)
    stamp.write()


def _npm_install() -> None:
    npm = _npm()
    path = f"{Path(npm).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    run([npm, "ci", "--no-progress", "--loglevel=error"], env=os.environ | {"PATH": path}, quiet=True)


def _npm() -> str:
    found = shutil.which("npm")
    if found and _node_version() >= OLDEST_NODE:
        return found
    carried = VENV / "bin" / "npm"
    if not carried.exists():
        run([VENV_PYTHON, "-m", "scripts.setup", "node"])
    return str(carried)


def _node_version() -> int:
    try:
        text = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(text.strip().removeprefix("v").split(".")[0])


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        die(f"{source.relative_to(ROOT)} is named in package.json but npm did not bring it")
    # The manifest storage refuses a file that points to a map which is not there.
    target.write_text(SOURCE_MAP.sub("", source.read_text(encoding="utf-8")), encoding="utf-8")


def _sprite(names: list[str]) -> str:
    symbols = []
    for name in names:
        folder, _, plain = name.rpartition("/")
        style = "filled" if plain.endswith("-filled") else folder or "outline"
        source = MODULES / "@tabler" / "icons" / "icons" / style / f"{plain.removesuffix('-filled')}.svg"
        body = SVG_BODY.search(source.read_text()) if source.is_file() else None
        if body is None:
            die(f"@tabler/icons has no icon `{name}` (package.json, `icons`)")
        paint = 'fill="currentColor" stroke="none"' if style == "filled" else 'fill="none"'
        inner = " ".join(body.group(1).split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24" {paint}>{inner}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{chr(10).join(symbols)}\n</svg>\n'


if __name__ == "__main__":
    if sys.argv[1:] == ["--vendor"]:
        build_vendor()
    else:
        main()
