"""What kind of file was uploaded, by its bytes: and whether it is safe to open."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from django.utils.translation import gettext as _

from .errors import LedgerError

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK: Final = 1 << 20
_MARKUP: Final = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta")


@dataclass(frozen=True, slots=True)
class Limits:
    """What is accepted; sizes in bytes. ``ratio`` is unpacked to packed size, judged above ``small``."""

    file_bytes: int = 100 * 2**20
    unpacked_bytes: int = 2**30
    ratio: int = 200
    small: int = 20 * 2**20
    rows: int = 300_000
    cells: int = 12_000_000


DEFAULT_LIMITS: Final = Limits()


def kind_of(path: Path, limits: Limits = DEFAULT_LIMITS) -> str:
    """``xlsx``, ``xls`` or ``csv``; LedgerError (empty, too_large, macro, not_excel, encrypted) otherwise."""
    size = path.stat().st_size
    if not size:
        raise LedgerError("empty", _("文件是空的"))
    if size > limits.file_bytes:
        raise too_large(limits)
    if path.suffix.lower() in {".xlsm", ".xltm", ".xlam"}:
        raise macros_refused()
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(_OLE):
        return "xls"
    if any(head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(mark) for mark in _MARKUP):
        raise LedgerError("not_excel", _("这是网页格式的表格，请用 Excel 或 WPS 另存为 .xlsx 后再上传"))
    if path.suffix.lower() in {".csv", ".txt", ".tsv"}:
        return "csv"
    raise LedgerError("not_excel", _("不是 Excel 文件（只接受 .xlsx、.xls、.csv）"))


def too_large(limits: Limits) -> LedgerError:
    """The refusal of a file over the size limit."""
    megabytes = limits.file_bytes // 2**20
    return LedgerError("too_large", _("文件超过 %(megabytes)s MB 的上限") % {"megabytes": megabytes})


def macros_refused() -> LedgerError:
    """The refusal of a workbook that carries programs."""
    return LedgerError("macro", _("文件带有宏，不予接受；请另存为不带宏的 .xlsx"))


def corrupt() -> LedgerError:
    """The refusal of a damaged file."""
    return LedgerError("corrupt", _("文件已损坏，打不开；请用 Excel 或 WPS 打开后重新保存"))


def bomb() -> LedgerError:
    """The refusal of an archive that unpacks to far more than it should."""
    return LedgerError("zip_bomb", _("文件解压后过大，可能是恶意文件，不予接受"))


def encrypted() -> LedgerError:
    """The refusal of a file behind a password."""
    return LedgerError("encrypted", _("文件设有打开密码；请去掉密码后再上传"))


class Package:
    """The parts of an .xlsx, unpacked in a stream and never beyond what the limits allow."""

    def __init__(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise corrupt() from error
        self._file: IO[bytes] = path.open("rb")
        try:
            self._check(limits)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Release the file."""
        self._zip.close()
        self._file.close()

    @property
    def names(self) -> list[str]:
        """The parts' names as stored."""
        return self._zip.namelist()

    def _check(self, limits: Limits) -> None:
        names = {name.lower() for name in self._zip.namelist()}
        if any(name.endswith("vbaproject.bin") for name in names):
            raise macros_refused()
        if "xl/workbook.bin" in names or "[content_types].xml" not in names or "xl/workbook.xml" not in names:
            raise LedgerError("not_excel", _("不是 Excel 工作簿（.xlsx）；请另存为 .xlsx 后再上传"))
        infos = self._zip.infolist()
        if any(info.flag_bits & 1 for info in infos):
            raise encrypted()
        unpacked = sum(info.file_size for info in infos)
        packed = sum(info.compress_size for info in infos)
        if unpacked > limits.unpacked_bytes or unpacked > max(limits.small, packed * limits.ratio):
            raise bomb()
        if b"macroEnabled" in self.read("[Content_Types].xml"):
            raise macros_refused()

    def read(self, name: str) -> bytes:
        """One part as a whole; LedgerError (corrupt, zip_bomb) when it is not what it claims to be."""
        return b"".join(self.stream(name))

    def stream(self, name: str) -> Iterator[bytes]:
        """One part in chunks, inflated here: the sizes in the archive's directory may lie."""
        try:
            info = self._zip.getinfo(name)
            yield from self._inflate(info)
        except (KeyError, zlib.error, struct.error) as error:
            raise corrupt() from error

    def _inflate(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise corrupt()
        self._file.seek(info.header_offset)
        header = self._file.read(30)
        name_length, extra_length = struct.unpack("<HH", header[26:30])
        self._file.seek(name_length + extra_length, os.SEEK_CUR)
        inflater = zlib.decompressobj(-zlib.MAX_WBITS) if info.compress_type else None
        left, total, crc = info.compress_size, 0, 0
        while left and (packed := self._file.read(min(_CHUNK, left))):
            left -= len(packed)
            for chunk in _unpacked(inflater, packed):
                total += len(chunk)
                if total > info.file_size:
                    raise bomb()
                crc = zlib.crc32(chunk, crc)
                yield chunk
        if total != info.file_size or crc != info.CRC:
            raise corrupt()

    def verify(self, prefix: str = "xl/") -> None:
        """Unpack the small parts once to see that they are what they claim: calamine trusts the archive."""
        for info in self._zip.infolist():
            wanted = info.filename.startswith(prefix) and info.filename.endswith(".xml")
            if wanted and "/worksheets/" not in info.filename:
                for _chunk in self.stream(info.filename):
                    pass


def _unpacked(inflater: zlib._Decompress | None, packed: bytes) -> Iterator[bytes]:
    if inflater is None:
        yield packed
        return
    while packed:
        yield inflater.decompress(packed, _CHUNK)
        packed = inflater.unconsumed_tail
