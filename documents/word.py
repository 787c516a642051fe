"""An official document as a Word file (.docx) in the form of GB/T 9704-2012.

Red head and seal stay with the office's document system: what is made here is the draft it takes over.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from documents import official as form
from documents.official import Block, Heading, Official, Paragraph, Table, day_in_words, numeral

__all__ = ["begin", "grid", "render", "saved", "title", "write"]

_DASH = "—"  # 一字线
_TWIPS, _GRID = 20, 4096
_FONT_TABLE = "/word/fontTable.xml"


def render(paper: Official) -> bytes:
    """The document as the bytes of a .docx; letters that no XML may hold are left out."""
    made = begin(paper)
    if paper.number:
        _line(made, paper.number, align=WD_ALIGN_PARAGRAPH.CENTER)
        _line(made, "")
    title(made, paper.title)
    _line(made, f"{paper.addressee}：")
    _body(made, paper.blocks)
    _signature(made, paper)
    return saved(made)


def begin(paper: Official) -> Any:
    """An empty document of this form, for papers that are laid out by hand."""
    made = Document()
    _set_up(made, paper)
    _page_numbers(made)
    _name_fonts(made)
    return made


def title(made: Any, text: str, *, new_page: bool = False) -> None:
    line = _line(made, text, font=form.TITLE_FONT, size=form.TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER)
    line.paragraph_format.page_break_before = new_page
    _line(made, "")


def grid(made: Any, rows: int, widths: Sequence[int]) -> Any:
    """An empty table with lines; ``widths`` in mm, together at most 156."""
    table = made.add_table(rows=rows, cols=len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    return table


def write(cell: Any, *texts: str, centred: bool = False) -> None:
    """One paragraph a text into a cell, merged or not; what stood there is gone."""
    for place, text in enumerate(texts):
        line = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        for run in line.runs:
            run._r.getparent().remove(run._r)
        line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(0)
        if centred:
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(line, text, form.BODY_FONT, form.TABLE_SIZE)


def saved(made: Any) -> bytes:
    whole = BytesIO()
    made.save(whole)
    return whole.getvalue()


def _set_up(made: Any, paper: Official) -> None:
    """Page, margins, the grid of 22 lines by 28 characters, and what Word shows as properties."""
    section = made.sections[0]
    section.page_width, section.page_height = (Mm(side) for side in form.PAGE_MM)
    section.top_margin, section.bottom_margin = Mm(form.TOP_MM), Mm(form.BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(form.LEFT_MM), Mm(form.RIGHT_MM)
    section.footer_distance = Mm(form.FOOTER_MM)
    _grid(section)
    _dress(made.styles["Normal"].element.get_or_add_rPr(), form.BODY_FONT, form.BODY_SIZE)
    known = made.core_properties
    known.title, known.author = _clean(paper.title)[:255], _clean(paper.unit)[:255]
    known.created = known.modified = datetime(paper.on.year, paper.on.month, paper.on.day, tzinfo=UTC)
    known.comments = ""


def _grid(section: Any) -> None:
    area = form.PAGE_MM[0] - form.LEFT_MM - form.RIGHT_MM
    pitch = Mm(area).pt / form.CHARACTERS
    grid = section._sectPr.find(qn("w:docGrid"))
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(round(form.LINE_PT * _TWIPS)))
    grid.set(qn("w:charSpace"), str(round((pitch - form.BODY_SIZE) * _GRID)))


def _dress(properties: Any, font: str, size: float) -> None:
    """Font and size of a run or a style: Chinese in ``font``, Latin letters and figures in their own."""
    fonts = properties.get_or_add_rFonts()
    for side in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{side}"), form.LATIN_FONT)
    for side in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{side}"), None)
    fonts.set(qn("w:eastAsia"), font)
    properties.get_or_add_sz().val = Pt(size)


def _page_numbers(made: Any) -> None:
    """Between dashes; odd pages to the right, even ones to the left, one character in from the edge."""
    made.settings.odd_and_even_pages_header_footer = True
    section = made.sections[0]
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0]
        line.alignment = align
        indent = Pt(form.PAGE_NUMBER_SIZE)
        if align == WD_ALIGN_PARAGRAPH.RIGHT:
            line.paragraph_format.right_indent = indent
        else:
            line.paragraph_format.left_indent = indent
        _run(line, f"{_DASH} ", form.PAGE_NUMBER_FONT, form.PAGE_NUMBER_SIZE)
        _field(_run(line, "", form.PAGE_NUMBER_FONT, form.PAGE_NUMBER_SIZE), "PAGE")
        _run(line, f" {_DASH}", form.PAGE_NUMBER_FONT, form.PAGE_NUMBER_SIZE)


def _field(run: Any, code: str) -> None:
    for kind in ("begin", "", "end"):
        piece = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            piece.set(qn("w:fldCharType"), kind)
        else:
            piece.text = code
        run._r.append(piece)


def _name_fonts(made: Any) -> None:
    """The font table, with what is taken where a machine lacks one of the fonts."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{escape(",".join(others))}"/>'
        '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>'
        for name, others in form.ALTERNATIVES.items()
    )
    whole = f'<?xml version="1.0" encoding="UTF-8"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'
    for part in made.part.package.iter_parts():
        if str(part.partname) == _FONT_TABLE and isinstance(part, Part):
            part._blob = whole.encode()


def _line(
    made: Any,
    text: str,
    *,
    font: str = form.BODY_FONT,
    size: float = form.BODY_SIZE,
    align: Any = None,
    indent: bool = False,
) -> Any:
    """One paragraph on the exact line spacing; ``indent``: two characters in, as every paragraph of text."""
    line = made.add_paragraph()
    line.alignment = align
    shape = line.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(form.LINE_PT)
    if indent:
        shape.first_line_indent = Pt(size * 2)
        line._p.pPr.ind.set(qn("w:firstLineChars"), "200")
    if text:
        _run(line, text, font, size)
    return line


def _run(line: Any, text: str, font: str, size: float) -> Any:
    run = line.add_run(_clean(text))
    _dress(run._r.get_or_add_rPr(), font, size)
    return run


def _clean(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())


def _body(made: Any, blocks: tuple[Block, ...]) -> None:
    counted = 0
    for block in blocks:
        if isinstance(block, Table):
            _table(made, block)
        elif isinstance(block, Paragraph):
            _line(made, block.text, indent=True)
        elif block.level == 1:
            counted += 1
            text = f"{numeral(counted)}、{block.text}"
            _line(made, text, font=form.HEADING_FONT, indent=True).paragraph_format.keep_with_next = True
        else:
            _subheading(made, block)


def _subheading(made: Any, block: Heading) -> None:
    line = _line(made, block.text, font=form.SUBHEADING_FONT, indent=True)
    line.paragraph_format.keep_with_next = True


def _table(made: Any, block: Table) -> None:
    if not block.rows:
        return
    table = made.add_table(rows=0, cols=len(block.widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, block.widths, strict=True):
        column.width = Mm(width)
    for row in block.rows:
        cells = table.add_row().cells
        for cell, text, width in zip(cells, row, block.widths, strict=True):
            cell.width = Mm(width)
            shape = cell.paragraphs[0].paragraph_format
            shape.space_before = shape.space_after = Pt(0)
            _run(cell.paragraphs[0], " ".join(text.split()), form.BODY_FONT, form.TABLE_SIZE)


def _signature(made: Any, paper: Official) -> None:
    """Unit and day to the right, the day four characters in, the unit centred above it."""
    _line(made, "")
    day = day_in_words(paper.on)
    for text, inset in ((paper.unit, max(0.0, 4 - (len(paper.unit) - len(day) * 0.75) / 2)), (day, 4.0)):
        line = _line(made, text, align=WD_ALIGN_PARAGRAPH.RIGHT)
        line.paragraph_format.right_indent = Pt(form.BODY_SIZE * inset)
        line.paragraph_format.keep_together = True
