"""The workbook around the sheets of an .xlsx: which part holds which sheet, which formats carry meaning."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat

from django.utils.translation import gettext as _

from .container import Limits, Package, corrupt
from .errors import LedgerError

_LAST: Final = True  # no more data follows
_LETTERS: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_SCALES_DISPLAY: Final = re.compile(r'[0#?],+(?![0#?])|!\.|\\\.|"\."')
# Chinese Excel's own date formats have no text in the file: 27–36 and 50–58, of which these show no day.
_BUILT_IN_MONTHS: Final = {
    "17": "mmm-yy",
    "57": 'yyyy"年"m"月"',
    "32": 'yyyy"年"m"月"',
    "36": 'yyyy"年"m"月"',
}


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """Sheets by name → part of the archive, telling number formats by style index, the 1904 epoch."""

    parts: dict[str, str]
    styles: dict[str, str]
    date1904: bool


def too_many_cells(limits: Limits) -> LedgerError:
    """The refusal of a sheet whose used range is too large to hold."""
    message = _("工作表太大（上限 %(rows)s 行）；请删去无关的行列，或分几次导入")
    return LedgerError("too_many_cells", message % {"rows": limits.rows})


def read_workbook(package: Package) -> WorkbookFacts:
    """Read workbook.xml, its relations and styles; LedgerError (corrupt) when they make no sense."""
    elements = _elements(package.read("xl/workbook.xml"))
    targets = _targets(package)
    parts = {}
    date1904 = False
    for name, attributes in elements:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            if relation in targets:
                parts[attributes.get("name", "")] = targets[relation]
        elif name == "workbookPr":
            date1904 = attributes.get("date1904") in ("1", "true")
    return WorkbookFacts(parts, _telling_styles(package), date1904)


def _targets(package: Package) -> dict[str, str]:
    part = "xl/_rels/workbook.xml.rels"
    if part not in package.names:
        raise corrupt()
    return {
        attributes["Id"]: posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")
        for name, attributes in _elements(package.read(part))
        if name == "Relationship" and "Id" in attributes and "Target" in attributes
    }


def _telling_styles(package: Package) -> dict[str, str]:
    if "xl/styles.xml" not in package.names:
        return {}
    codes, styles, inside, index = dict(_BUILT_IN_MONTHS), {}, False, 0
    for name, attributes in _elements(package.read("xl/styles.xml")):
        if name == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name in ("cellXfs", "cellStyles"):
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            code = codes.get(attributes.get("numFmtId", ""))
            if code and _is_telling(code):
                styles[str(index)] = code
            index += 1
    return styles


def _is_telling(code: str) -> bool:
    """Formats that show a date only to the month or year, or that put a unit behind the number."""
    if unit_of_format(code):
        return True
    letters = _LETTERS.sub("", code.split(";", maxsplit=1)[0]).lower()
    return "y" in letters and "d" not in letters and "0" not in letters


def unit_of_format(code: str) -> str | None:
    """The unit a number format displays (0.00"亿元" → 亿元), None for plain numbers.

    A format that scales what it shows (0!.0,"万") stands on a value in 元.
    """
    match = re.search(
        r"([十百千]?[亿万])?(美元|欧元|港元|元)|[十百千]?[亿万]", code.split(";", maxsplit=1)[0]
    )
    if match:
        return "元" if _SCALES_DISPLAY.search(code) else match[0]
    symbol = re.search(r"\[\$(US\$|HK\$|USD|EUR|€|HKD|JPY|\$)(?:-[0-9A-Fa-f]+)?\]|(US\$|HK\$)", code)
    return (symbol[1] or symbol[2]) if symbol else None


def _elements(data: bytes) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((name.rpartition(":")[2], attributes))

    def refuse(*_arguments: object) -> None:
        raise corrupt()

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, _LAST)
    except expat.ExpatError as error:
        raise corrupt() from error
    return found
