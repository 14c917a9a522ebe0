"""The central directory of a ZIP file, read without decompressing anything."""

import os
import struct
from pathlib import PurePosixPath
from typing import BinaryIO, Final, NamedTuple

from shared.problems import MediaType

ENTRIES_MAX: Final = 10_000
INFLATED_MAX_BYTES: Final = 1 << 30  # of all entries, as the directory says
_DIRECTORY_MAX_BYTES: Final = 4 << 20
_END: Final = struct.Struct("<4s4H2IH")
_END_COMMENT_BYTES: Final = (1 << 16) - 1
_ENTRY: Final = struct.Struct("<4s6H3I5H2I")
_LOCATOR_BYTES: Final = 20
_ENCRYPTED: Final = 1
_UTF_8: Final = 1 << 11


class ZipEntry(NamedTuple):
    """A file or folder in a ZIP file."""

    name: str  # with slashes; that of a folder ends with one


def read_directory(file: BinaryIO) -> list[ZipEntry]:
    """Return the entries of a ZIP file.

    Raises MediaType if it is damaged, has unsafe names, passwords or nothing in it, or would be too large when unpacked.
    """
    directory, count = _directory(file)
    entries: list[ZipEntry] = []
    inflated = position = 0
    while position < len(directory):
        if len(directory) - position < _ENTRY.size:
            raise _damaged()
        fields = _ENTRY.unpack_from(directory, position)
        signature, flags, size, lengths = fields[0], fields[3], fields[9], fields[10:13]
        if signature != b"PK\x01\x02":
            raise _damaged()
        position += _ENTRY.size
        name = _decoded(directory[position : position + lengths[0]], flags)
        position += sum(lengths)
        if flags & _ENCRYPTED:
            raise MediaType("ZIP 设有密码；请取消密码后再上传。", "The archive has a password; remove it and try again.")
        if _is_unsafe(name):
            raise MediaType("ZIP 中的文件名不安全。", "The archive contains an unsafe file name.")
        inflated += size
        entries.append(ZipEntry(name))
    if len(entries) != count or position != len(directory):
        raise _damaged()
    if not entries:
        raise MediaType("ZIP 中没有文件。", "The archive is empty.")
    if inflated > INFLATED_MAX_BYTES:
        raise _too_large()
    return entries


def _directory(file: BinaryIO) -> tuple[bytes, int]:
    """Return the bytes of the central directory and its number of entries."""
    length = file.seek(0, os.SEEK_END)
    tail_start = max(length - _END.size - _END_COMMENT_BYTES - _LOCATOR_BYTES, 0)
    file.seek(tail_start)
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < _END.size:
        raise _damaged()
    _, disk, first_disk, _, count, size, offset, _ = _END.unpack_from(tail, end)
    if tail[max(end - _LOCATOR_BYTES, 0) : end].startswith(b"PK\x06\x07") or size > _DIRECTORY_MAX_BYTES or count > ENTRIES_MAX:
        raise _too_large()
    if disk or first_disk or offset + size != tail_start + end:
        raise _damaged()
    file.seek(offset)
    return file.read(size), count


def _decoded(name: bytes, flags: int) -> str:
    """Return a name; without the flag for UTF-8, Chinese systems write GB18030."""
    for encoding in ("utf-8",) if flags & _UTF_8 else ("gb18030", "cp437"):
        try:
            return name.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    raise _damaged()


def _is_unsafe(name: str) -> bool:
    leads_away = name.startswith("/") or ":" in name or ".." in PurePosixPath(name).parts
    return leads_away or not name.strip("/") or not name.isprintable()


def _damaged() -> MediaType:
    return MediaType("ZIP 文件已损坏或不完整。", "The ZIP file is damaged or incomplete.")


def _too_large() -> MediaType:
    return MediaType(
        f"ZIP 中的文件不得超过 {ENTRIES_MAX} 个，解压后总共不得超过 {INFLATED_MAX_BYTES >> 20} MiB。",
        f"A ZIP file must not contain more than {ENTRIES_MAX} files, or more than {INFLATED_MAX_BYTES >> 20} MiB when unpacked.",
    )
