"""Write constraints.txt: the exact version, here and now, of every package that pyproject.toml leads to.

Run it in the environment that `make test` built, after changing a dependency: `python -m scripts.pin`.
"""

import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.console import ROOT, die, say

HEAD = """\
# Exact versions for every install; written by `python -m scripts.pin`, not by hand.
"""


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        wanted += extra
    pins = closure(wanted)
    (ROOT / "constraints.txt").write_text(HEAD + "".join(f"{n}=={pins[n]}\n" for n in sorted(pins)))
    say(f"{len(pins)} packages pinned")


def closure(requirements: Iterable[str]) -> dict[str, str]:
    """Name → version of the requirements and everything they need on this machine."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    queue = [(Requirement(text), "") for text in requirements]
    while queue:
        requirement, extra = queue.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        try:
            package = distribution(name)
        except PackageNotFoundError:
            die(f"{name} is not installed here")
        found[name] = package.version
        for wanted_extra in ("", *requirement.extras):
            if (name, wanted_extra) not in seen:
                seen.add((name, wanted_extra))
                queue += [(Requirement(text), wanted_extra) for text in package.requires or ()]
    return found


if __name__ == "__main__":
    main()
