"""What a file really is: told by its content, never by its name. What can carry a program is refused.

PDF, OOXML, OFD (GB/T 33190), older Office files without macros, images and plain archives are taken.
"""

import zipfile
from typing import IO, Any, cast

from django.core.files import File
from django.utils.translation import gettext as _

from kernel.refusals import Refused

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_OOXML = "application/vnd.openxmlformats-officedocument."
_OFFICE = (
    ("word/", f"{_OOXML}wordprocessingml.document"),
    ("xl/", f"{_OOXML}spreadsheetml.sheet"),
    ("ppt/", f"{_OOXML}presentationml.presentation"),
)
# Names of streams in an OLE file, which are written in UTF-16.
_STREAMS = (
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
# fmt: off
_PROGRAM_NAMES = (
    ".exe", ".com", ".bat", ".cmd", ".scr", ".pif", ".msi", ".dll", ".sys", ".jar", ".js", ".jse",
    ".vbs", ".vbe", ".wsf", ".hta", ".ps1", ".lnk", ".reg", ".chm", ".apk", ".sh",
    ".py", ".docm", ".dotm", ".xlsm", ".xltm", ".xlam", ".xlsb", ".pptm", ".potm", ".ppam",
)
# fmt: on
HEIF = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
"""Brands of the container in which Apple's phones keep photos (ISO/IEC 23008-12)."""
_MOST_MEMBERS = 5_000
INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif"})
"""What a browser may show by itself; everything else is saved first."""


def content_type(upload: "File[Any]") -> str:
    """The MIME type by content. Raises Refused (invalid) for programs, macros, locked or unknown files."""
    upload.seek(0)
    head = upload.read(1024)
    if head.startswith(_PROGRAMS):
        raise _refuse("executable", _("不能上传可执行文件或脚本"))
    if b"%PDF-" in head:
        return "application/pdf"
    if head.startswith(_ZIP):
        return _in_archive(upload)
    if head.startswith(_OLE):
        return _in_ole(upload)
    return _image(head)


def _image(head: bytes) -> str:
    for magic, kind in _IMAGES:
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in HEIF:
        return "image/heic"
    raise _refuse(
        "unknown_type", _("不支持的文件类型：请上传 PDF、Word、Excel、PowerPoint、OFD、图片或 ZIP 文件")
    )


def _in_archive(upload: "File[Any]") -> str:
    upload.seek(0)
    try:
        with zipfile.ZipFile(cast("IO[bytes]", upload)) as archive:
            return _of_members(archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise _refuse("corrupt", _("文件已损坏，无法打开")) from error


def _of_members(archive: zipfile.ZipFile) -> str:
    members = archive.infolist()
    if len(members) > _MOST_MEMBERS:
        raise _refuse("too_many_members", _("压缩包内文件超过 %(most)s 个") % {"most": _MOST_MEMBERS})
    if any(member.flag_bits & 1 for member in members):
        raise _refuse("locked", _("文件有密码，请去除密码后上传"))
    names = [member.filename for member in members]
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _refuse("macros", _("文件含有宏，请另存为不含宏的格式后上传"))
    if "[Content_Types].xml" in names:
        return _of_office(archive, names)
    if "OFD.xml" in names:
        return "application/ofd"
    for member in members:
        _look_into(archive, member)
    return "application/zip"


def _of_office(archive: zipfile.ZipFile, names: list[str]) -> str:
    with archive.open("[Content_Types].xml") as listing:
        if b"macroenabled" in listing.read(1_000_000).lower():
            raise _refuse("macros", _("文件含有宏，请另存为不含宏的格式后上传"))
    for folder, kind in _OFFICE:
        if any(name.startswith(folder) for name in names):
            return kind
    return "application/zip"


def _look_into(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    if member.is_dir():
        return
    with archive.open(member) as inside:
        starts_like_program = inside.read(8).startswith(_PROGRAMS)
    if starts_like_program or member.filename.lower().endswith(_PROGRAM_NAMES):
        raise _refuse(
            "executable", _("压缩包内含有可执行文件或宏文件：%(name)s") % {"name": member.filename[-80:]}
        )


def _in_ole(upload: "File[Any]") -> str:
    upload.seek(0)
    body = upload.read()
    if _utf16("_VBA_PROJECT") in body:
        raise _refuse("macros", _("文件含有宏，请另存为不含宏的格式后上传"))
    if _utf16("EncryptedPackage") in body:
        raise _refuse("locked", _("文件有密码，请去除密码后上传"))
    for stream, kind in _STREAMS:
        if _utf16(stream) in body:
            return kind
    raise _refuse(
        "unknown_type", _("不支持的文件类型：请上传 PDF、Word、Excel、PowerPoint、OFD、图片或 ZIP 文件")
    )


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le")


def _refuse(code: str, message: str) -> Refused:
    return Refused.invalid("file", message, code=code)
