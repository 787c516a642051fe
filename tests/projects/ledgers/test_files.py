"""Files that are no ledgers, or no longer: each refused with its own reason."""

import io
import struct
import zipfile
import zlib

import pytest

from projects.ledgers.container import Limits
from projects.ledgers.errors import LedgerError
from tests.projects.ledgers.books import HEADINGS, book, ledger, read_rows, repacked
from tests.projects.ledgers.test_expected import DATA, NEGOTIATING

PROJECT = (1, "精密铸造项目", "甲公司", "6亿元", "高新区", "2024-03-14", "在谈")
SHEET = "xl/worksheets/sheet1.xml"


def code_of(path, **options) -> str:
    with pytest.raises(LedgerError) as caught:
        list(read_rows(path, **options))
    assert caught.value.message
    return caught.value.code


def ole(*names: str) -> bytes:
    """An OLE container whose directory lists these streams."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 44, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    struct.pack_into("<109I", header, 76, *([0xFFFFFFFF] * 108), 0xFFFFFFFF)
    struct.pack_into("<I", header, 76, 0)
    fat = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *([0xFFFFFFFF] * 126))
    directory = bytearray(512)
    for index, name in enumerate(("Root Entry", *names)[:4]):
        text = name.encode("utf-16-le")
        directory[index * 128 : index * 128 + len(text)] = text
        struct.pack_into("<HB", directory, index * 128 + 64, len(text) + 2, 2)
    return bytes(header) + fat + bytes(directory)


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.touch()
    assert code_of(path) == "empty"


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"%PDF-1.7 nothing of ours")
    assert code_of(path) == "not_excel"


def test_a_web_page_named_xls_is_refused_with_advice(tmp_path):
    path = tmp_path / "a.xls"
    path.write_text("<html><table><tr><td>项目名称</td></tr></table></html>", encoding="utf-8")
    with pytest.raises(LedgerError, match="网页"):
        read_rows(path)


def test_another_kind_of_zip_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    assert code_of(path) == "not_excel"


@pytest.mark.parametrize("keep", [30, 2000, 6000])
def test_a_truncated_workbook_is_corrupt(tmp_path, keep):
    whole = ledger(tmp_path / "whole.xlsx", [PROJECT]).read_bytes()
    path = tmp_path / "a.xlsx"
    path.write_bytes(whole[: min(keep, len(whole) - 50)])
    assert code_of(path) == "corrupt"


def test_a_sheet_whose_bytes_were_damaged_is_corrupt(tmp_path):
    whole = bytearray(ledger(tmp_path / "whole.xlsx", [PROJECT] * 50).read_bytes())
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        info = archive.getinfo(SHEET)
    at = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    whole[at : at + 20] = bytes(20)
    path = tmp_path / "a.xlsx"
    path.write_bytes(whole)
    assert code_of(path) == "corrupt"


@pytest.mark.parametrize(
    "broken", [b"<worksheet><sheetData>", b"no xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']
)
def test_a_sheet_that_is_no_clean_xml_is_corrupt(tmp_path, broken):
    path = repacked(ledger(tmp_path / "whole.xlsx", [PROJECT]), tmp_path / "a.xlsx", {SHEET: broken})
    assert code_of(path) == "corrupt"


@pytest.mark.parametrize("names", [("EncryptionInfo", "EncryptedPackage"), ("EncryptedPackage",)])
def test_a_workbook_behind_a_password_is_refused_as_such(tmp_path, names):
    path = tmp_path / "a.xlsx"
    path.write_bytes(ole(*names))
    assert code_of(path) == "encrypted"


def test_an_old_workbook_with_macros_is_refused(tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(ole("Workbook", "_VBA_PROJECT_CUR"))
    assert code_of(path) == "macro"


@pytest.mark.parametrize("data", [ole(), ole("WordDocument"), ole()[:600]])
def test_another_kind_of_ole_file_is_corrupt(tmp_path, data):
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    assert code_of(path) == "corrupt"


def test_a_workbook_with_macros_is_refused_whatever_its_name(tmp_path):
    whole = ledger(tmp_path / "whole.xlsx", [PROJECT])
    assert code_of(repacked(whole, tmp_path / "a.xlsx", {"xl/vbaProject.bin": b"x"})) == "macro"
    types = (
        zipfile.ZipFile(whole).read("[Content_Types].xml").replace(b"sheet.main", b"sheet.macroEnabled.main")
    )
    assert code_of(repacked(whole, tmp_path / "b.xlsx", {"[Content_Types].xml": types})) == "macro"
    named = tmp_path / "c.xlsm"
    named.write_bytes(whole.read_bytes())
    assert code_of(named) == "macro"


def test_a_file_over_the_limit_is_refused(tmp_path):
    path = ledger(tmp_path / "a.xlsx", [PROJECT])
    assert code_of(path, limits=Limits(file_bytes=1000)) == "too_large"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    whole = ledger(tmp_path / "whole.xlsx", [PROJECT])
    path = repacked(whole, tmp_path / "a.xlsx", {"xl/media/image1.xml": bytes(60 * 2**20)})
    assert path.stat().st_size < 200_000
    assert code_of(path) == "zip_bomb"


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path):
    whole = ledger(tmp_path / "whole.xlsx", [PROJECT])
    path = repacked(whole, tmp_path / "a.xlsx", {"xl/sharedStrings.xml": bytes(30 * 2**20)})
    lying = path.read_bytes().replace(struct.pack("<I", 30 * 2**20), struct.pack("<I", 1000))
    path.write_bytes(lying)
    assert code_of(path) == "zip_bomb"


@pytest.mark.parametrize(("column", "row"), [("XFD", 1048576), ("B", 1048576), ("XFD", 200000)])
def test_a_stray_value_in_a_far_corner_is_refused_instead_of_filling_memory(tmp_path, column, row):
    whole = ledger(tmp_path / "whole.xlsx", [PROJECT])
    cell = f'<row r="{row}"><c r="{column}{row}"><v>1</v></c></row></sheetData>'.encode()
    xml = zipfile.ZipFile(whole).read(SHEET).replace(b"</sheetData>", cell)
    assert code_of(repacked(whole, tmp_path / "a.xlsx", {SHEET: xml})) == "too_many_cells"


def test_formatting_in_a_far_corner_without_a_value_does_no_harm(tmp_path):
    whole = ledger(tmp_path / "whole.xlsx", [PROJECT])
    cell = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    xml = zipfile.ZipFile(whole).read(SHEET).replace(b"</sheetData>", cell)
    assert len(list(read_rows(repacked(whole, tmp_path / "a.xlsx", {SHEET: xml})))) == 1


def test_more_rows_than_the_limit_are_refused(tmp_path):
    path = ledger(tmp_path / "a.xlsx", [PROJECT] * 30)
    assert code_of(path, limits=Limits(rows=20)) == "too_many_cells"
    text = tmp_path / "a.csv"
    text.write_text("项目名称,投资方\n" + "甲项目,甲\n" * 30, encoding="utf-8")
    assert code_of(text, limits=Limits(rows=20)) == "too_many_cells"


def test_a_sheet_that_does_not_exist_is_named_with_those_that_do(tmp_path):
    path = ledger(tmp_path / "a.xlsx", [PROJECT])
    with pytest.raises(LedgerError, match="在谈项目") as caught:
        read_rows(path, sheet="签约项目")
    assert caught.value.code == "no_sheet"


def test_an_empty_sheet_and_one_without_a_heading_are_refused(tmp_path):
    path = book(tmp_path / "a.xlsx", [])
    assert code_of(path, sheet="在谈项目") == "empty"
    path = book(tmp_path / "b.xlsx", [["园区", "项目数"], ["高新区", 7]])
    assert code_of(path) == "no_header"


def test_a_renamed_prefix_of_the_xml_is_read_all_the_same(tmp_path):
    whole = ledger(tmp_path / "whole.xlsx", [PROJECT])
    xml = zipfile.ZipFile(whole).read(SHEET).decode()
    for name in ("worksheet", "sheetData", "row", "c", "v", "is", "t"):
        xml = xml.replace(f"<{name}>", f"<x:{name}>").replace(f"<{name} ", f"<x:{name} ")
        xml = xml.replace(f"</{name}>", f"</x:{name}>")
    xml = xml.replace("xmlns=", "xmlns:x=", 1)
    xml = (
        xml[: xml.index(">") + 1]
        + xml[xml.index("<x:sheetData") : xml.index("</x:worksheet>")]
        + "</x:worksheet>"
    )
    path = repacked(whole, tmp_path / "a.xlsx", {SHEET: xml.encode()})
    assert [row.values["name"] for row in read_rows(path)] == ["精密铸造项目"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_files_are_read_in_the_encodings_that_occur(tmp_path, encoding, separator):
    rows = [("项目台账",), ("单位：万元",), HEADINGS, PROJECT, (2, "冷链项目", "", 800)]
    path = tmp_path / "在谈项目.csv"
    path.write_text("\n".join(separator.join(map(str, row)) for row in rows), encoding=encoding)
    first, second = read_rows(path)
    assert (first.values["name"], first.amount.yuan, first.phase) == ("精密铸造项目", 600_000_000, "landing")
    assert (second.values["name"], second.amount.yuan, second.values["progress"]) == (
        "冷链项目",
        8_000_000,
        None,
    )


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"\x00\x01\x02" + zlib.compress(bytes(range(256)) * 9))
    assert code_of(path) == "not_excel"


def test_an_old_workbook_is_read_with_its_merges_hidden_parts_and_errors():
    first, second, third = read_rows(DATA / "old-format.xls")
    assert (first.amount.yuan, first.values["signed_on"].iso) == (60_000_000, "2024-03-14")
    assert "remark" not in first.values
    assert [row.values["park"] for row in (first, second, third)] == ["高新区"] * 3
    assert [(problem.cell, problem.code) for problem in second.problems] == [("D5", "error_cell")]
    assert "hidden_row" in second.flags
    assert third.amount.yuan == 200_000_000


def test_an_old_workbook_cut_short_is_corrupt_and_none_breaks_the_reader(tmp_path):
    whole = (DATA / "old-format.xls").read_bytes()
    path = tmp_path / "a.xls"
    for keep in range(8, len(whole), 377):
        path.write_bytes(whole[:keep])
        try:
            list(read_rows(path))
        except LedgerError as error:
            assert error.code in {"corrupt", "no_header", "empty"}


def test_the_file_is_let_go_when_the_rows_are_read(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes((DATA / NEGOTIATING).read_bytes())
    reading = read_rows(path)
    path.unlink()
    assert len(list(reading)) == len(list(reading)) == 29
