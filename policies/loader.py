"""From a TOML file to a typed pack, or to every fault in it."""

import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from policies.checks import check
from policies.errors import PackError, PackRefused, sentence, shown
from policies.schema import Pack

MOST_BYTES = 2_000_000
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_LABELS = ("code", "no", "level", "rule")


def parse_pack(
    source: bytes | str | Path,
    *,
    file: str = "",
    units: Collection[str] | None = None,
    beside: Sequence[Pack] = (),
) -> Pack:
    """Read one pack.

    ``source`` is the TOML itself or the path of a file; ``units`` the unit codes of the organisation
    (unchecked when None); ``beside`` the packs in force next to it, whose codes it may refer to when
    it ``extends`` them. Raises PackRefused with every fault found; OSError for an unreadable path.
    """
    if isinstance(source, Path):
        file, source = file or source.name, source.read_bytes()
    text = _decoded(source, file)
    data = _syntax(text, file)
    try:
        pack = Pack.model_validate(data)
    except ValidationError as error:
        raise PackRefused(_translated(item, data, text, file) for item in error.errors()) from error
    near = [other for other in beside if other.policy.code in pack.policy.extends]
    if faults := check(pack, file=file, units=units, beside=near):
        raise PackRefused(replace(fault, line=_line_of(text, data, fault)) for fault in faults)
    return pack


def _decoded(source: bytes | str, file: str) -> str:
    if isinstance(source, str):
        return source
    if len(source) > MOST_BYTES:
        zh, en = "文件太大，制度包不超过2MB", "the file is too big, a pack has at most 2 MB"
        raise PackRefused([PackError(file, "", "", zh, en)])
    try:
        return source.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = source[: error.start].count(b"\n") + 1
        fault = PackError(file, "", "", "文件不是UTF-8编码", "the file is not encoded in UTF-8", line)
        raise PackRefused([fault]) from error


def _syntax(text: str, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        reason = _AT_LINE.sub("", str(error)).strip()
        zh, en = f"TOML语法错误（第{line}行）：{reason}", f"TOML syntax error at line {line}: {reason}"
        raise PackRefused([PackError(file, "", "", zh, en, line)]) from error
    except RecursionError as error:
        raise PackRefused([PackError(file, "", "", "嵌套太深", "nested too deeply")]) from error


def _translated(error: ErrorDetails, data: dict[str, Any], text: str, file: str) -> PackError:
    table, *rest = (str(part) if not isinstance(part, int) else part for part in error["loc"])
    row = rest[0] if rest and isinstance(rest[0], int) else None
    label = _label(data, str(table), row) if row is not None else None
    parts = [label, *rest[1:]] if label is not None else rest
    zh, en = sentence(_kind(error), {"input": shown(error["input"]), **error.get("ctx", {})})
    line = _header_line(text, str(table), row)
    return PackError(file, str(table), _joined(parts), zh, en, line)


def _kind(error: ErrorDetails) -> str:
    """pydantic's type, or for our own ValueErrors the code they carry."""
    carried = str(error.get("ctx", {}).get("error", ""))
    return carried if carried.startswith("condition_") else error["type"]


def _joined(parts: Sequence[object]) -> str:
    """ "assessment.aspects[2].answer": people count from one."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.removeprefix(".")


def _label(data: dict[str, Any], table: str, row: int) -> str:
    """What people call the row: its code where it has one, its number in the file otherwise."""
    item = data.get(table)
    fields = item[row] if isinstance(item, list) and row < len(item) else None
    if isinstance(fields, dict):
        for name in _LABELS:
            if name in fields:
                return shown(fields[name])
    return f"#{row + 1}"


def _header_line(text: str, table: str, row: int | None) -> int:
    name = re.escape(table)
    pattern = rf"^\s*\[\[\s*{name}\s*\]\]" if row is not None else rf"^\s*\[\s*{name}\s*\]"
    found = [match.start() for match in re.finditer(pattern, text, re.MULTILINE)]
    place = row or 0
    return text[: found[place]].count("\n") + 1 + _blank(text, found[place]) if place < len(found) else 0


def _blank(text: str, start: int) -> int:
    r"""``^\s*`` may begin on blank lines above the header: how many of them."""
    return text[start : text.index("[", start)].count("\n")


def _line_of(text: str, data: dict[str, Any], fault: PackError) -> int:
    rows = data.get(fault.table)
    if not isinstance(rows, list):
        return _header_line(text, fault.table, None) if fault.table else 0
    head = re.split(r"[.\[]", fault.key, maxsplit=1)[0]
    places = (i for i in range(len(rows)) if _label(data, fault.table, i) in {head, fault.key})
    return _header_line(text, fault.table, next(places, len(rows)))
