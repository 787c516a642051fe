"""The Word file is opened again: its measures are those of GB/T 9704-2012."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn

from documents.official import Heading, Official, Paragraph, Table, blocks_of, numeral
from documents.word import render

TITLE = "关于年产5万吨新材料项目有关情况的报告"


@pytest.fixture(scope="module")
def opened() -> Any:
    blocks = (
        Heading("项目基本情况"),
        Table((("项目名称", "新材料\x01项目"), ("投资总额", "8亿元")), (40, 116)),
        Heading("下步工作建议"),
        *blocks_of("（一）抓紧对接\n\n1. 请园区牵头。\n"),
        Paragraph("文字\x00\ud800可以保存。"),
    )
    paper = Official(TITLE, "涪招专报〔2026〕3号", "区委、区政府", "区招商投资局", date(2026, 3, 2), blocks)
    return Document(BytesIO(render(paper)))


def line(opened: Any, text: str) -> Any:
    return next(one for one in opened.paragraphs if text in one.text)


def fonts(run: Any) -> tuple[str, float]:
    properties = run._r.rPr
    return properties.rFonts.get(qn("w:eastAsia")), properties.sz.val.pt


def test_the_page_is_a4_with_the_margins_of_the_standard(opened) -> None:
    page = opened.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    margins = (page.top_margin, page.left_margin, page.bottom_margin, page.right_margin)
    assert [round(one.mm) for one in margins] == [37, 28, 35, 26]


def test_twenty_two_lines_of_twenty_eight_characters(opened) -> None:
    grid = opened.sections[0]._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("linesAndChars", "579")
    pitch = 16 + int(grid.get(qn("w:charSpace"))) / 4096
    assert 28 * pitch == pytest.approx(156 / 25.4 * 72, abs=0.1)
    assert pytest.approx(225 / 25.4 * 72, abs=1) == 22 * 28.95
    for one in opened.paragraphs:
        assert one.paragraph_format.line_spacing_rule == WD_LINE_SPACING.EXACTLY
        assert one.paragraph_format.line_spacing.pt == 28.95


def test_title_body_and_headings_have_their_fonts(opened) -> None:
    assert fonts(line(opened, TITLE).runs[0]) == ("方正小标宋简体", 22)
    assert fonts(line(opened, "一、项目基本情况").runs[0]) == ("黑体", 16)
    assert fonts(line(opened, "二、下步工作建议").runs[0]) == ("黑体", 16)
    assert fonts(line(opened, "（一）抓紧对接").runs[0]) == ("楷体_GB2312", 16)
    assert fonts(line(opened, "1. 请园区牵头").runs[0]) == ("仿宋_GB2312", 16)


def test_every_font_has_a_fallback(opened) -> None:
    parts = {str(part.partname): part for part in opened.part.package.iter_parts()}
    table = parts["/word/fontTable.xml"].blob.decode()
    for name, other in (("方正小标宋简体", "宋体"), ("仿宋_GB2312", "FangSong"), ("楷体_GB2312", "KaiTi")):
        assert f'w:name="{name}"' in table
        assert other in table


def test_paragraphs_begin_two_characters_in(opened) -> None:
    indent = line(opened, "1. 请园区牵头")._p.pPr.ind
    assert indent.get(qn("w:firstLineChars")) == "200"
    assert line(opened, "区委、区政府：").paragraph_format.first_line_indent is None


def test_page_numbers_stand_between_dashes_right_on_odd_left_on_even(opened) -> None:
    assert opened.settings.odd_and_even_pages_header_footer
    page = opened.sections[0]
    for footer, side in ((page.footer, "RIGHT"), (page.even_page_footer, "LEFT")):
        (one,) = footer.paragraphs
        assert one.alignment.name == side
        assert one.text.startswith("— ")
        assert one.text.endswith(" —")
        assert [piece.text for piece in one._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert {fonts(run)[1] for run in one.runs} == {14}


def test_number_addressee_unit_and_day_are_there_with_arabic_figures(opened) -> None:
    texts = [one.text for one in opened.paragraphs]
    for words in ("涪招专报〔2026〕3号", "区委、区政府：", "区招商投资局", "2026年3月2日"):
        assert words in texts
    assert opened.core_properties.title == TITLE


def test_tables_hold_the_figures_and_letters_that_no_xml_may_hold_are_left_out(opened) -> None:
    cells = [[cell.text for cell in row.cells] for row in opened.tables[0].rows]
    assert cells == [["项目名称", "新材料项目"], ["投资总额", "8亿元"]]
    assert line(opened, "文字可以保存。")


@pytest.mark.parametrize(
    ("number", "written"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五")]
)
def test_headings_are_counted_in_chinese(number, written) -> None:
    assert numeral(number) == written
