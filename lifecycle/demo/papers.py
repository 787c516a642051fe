"""Papers for the demo: small PDF files that show their title."""

from django.core.files.base import ContentFile

SIZE, LEADING = 16, 30


def paper(title: str, *lines: str) -> "ContentFile[bytes]":
    """A one-page PDF named after its title."""
    return ContentFile(_pdf([title, *lines, "（演示材料，内容均为虚构）"]), name=f"{title}.pdf")


def _pdf(lines: list[str]) -> bytes:
    """Names a Chinese font that every reader brings along (STSong-Light), so none is embedded."""
    shown = "\n".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -{LEADING} Td" for line in lines)
    stream = f"BT /F1 {SIZE} Tf 72 760 Td\n{shown}\nET".encode()
    font = "/Type /Font /BaseFont /STSong-Light"
    order = "<< /Registry (Adobe) /Ordering (GB1) /Supplement 5 >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        f"<< {font} /Subtype /Type0 /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>".encode(),
        f"<< {font} /Subtype /CIDFontType0 /CIDSystemInfo {order} /DW 1000 >>".encode(),
    ]
    return _assembled(objects)


def _assembled(objects: list[bytes]) -> bytes:
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return body + head + tail
