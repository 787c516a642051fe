"""Files as people send them, made of bytes."""

import zipfile
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
JPEG = b"\xff\xd8\xff\xe0" + b"\x00" * 32
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 64
PROGRAM = b"MZ\x90\x00" + b"\x00" * 64


def upload(
    content: bytes = PDF, name: str = "意见.pdf", content_type: str = "application/pdf"
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=content_type)


def archive(members: dict[str, bytes]) -> bytes:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return whole.getvalue()


def office(folder: str = "word", extra: dict[str, bytes] | None = None, types: bytes = b"<Types/>") -> bytes:
    return archive({"[Content_Types].xml": types, f"{folder}/document.xml": b"<x/>"} | (extra or {}))


def ole(stream: str) -> bytes:
    return OLE + stream.encode("utf-16-le") + b"\x00" * 64


def locked_archive() -> bytes:
    """A zip whose first member is marked as encrypted, in both of its headers."""
    plain = bytearray(archive({"a.txt": b"secret"}))
    plain[6] |= 1
    plain[plain.index(b"PK\x01\x02") + 8] |= 1
    return bytes(plain)
