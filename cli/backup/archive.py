"""The file of a backup: a tar archive whose first member is the SHA-256 of everything after it.

sha256            in hex, over all bytes from 1024 on
rows/TABLE.gz     COPY's text format, one row a line, in the order of the primary key; parents before children
attachments/ID    the bytes of an attachment; format 1 had none
manifest.json     versions, tables, row counts and hashes, attachments
"""

import gzip
import hashlib
import io
import json
import os
import secrets
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, Literal

from pydantic import BaseModel, ConfigDict

from cli.backup.tables import RowDigest

FORMAT: Final = 2
READABLE_FORMATS = (1, 2)
BLOCK = tarfile.BLOCKSIZE
SEALED_FROM = 2 * BLOCK  # the header of the member sha256 and its padded content
MANIFEST = "manifest.json"
READ_BYTES = 1 << 20
GZIP_LEVEL = 3  # twice as fast as the default, a tenth larger


class BackupError(RuntimeError):
    """A backup or restore failed; the message gives the reason and the remedy."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class CampaignState(_Strict):
    """Versions of a campaign at the time of the backup."""

    campaign: str
    data_version: int
    definition_version: int


class TableContent(_Strict):
    """Columns, row count and hash of one table."""

    table: str
    columns: list[str]
    rows: int
    sha256: str


class AttachmentContent(_Strict):
    """Size and hash of one attachment."""

    id: str
    size: int
    sha256: str


class Manifest(_Strict):
    """Contents of a backup."""

    format: Literal[1, 2]
    product: str
    schema_revision: str
    server: str
    taken_at: datetime
    campaigns: list[CampaignState]
    tables: list[TableContent]
    attachments: list[AttachmentContent] | None = None  # None: the file has none, whatever the database has


class BackupWriter:
    """Writes a backup file."""

    def __init__(self, file: BinaryIO) -> None:
        """`file` is empty and open for reading and writing."""
        self._file = file
        self._file.write(bytes(SEALED_FROM))

    @contextmanager
    def rows(self, table: str) -> Iterator[Callable[[bytes], object]]:
        """Yield a function that writes rows of one table."""
        with self._member(_member_of(table)), gzip.GzipFile("", "wb", GZIP_LEVEL, self._file, mtime=0) as compressed:
            yield compressed.write

    @contextmanager
    def attachment(self, attachment_id: str) -> Iterator[Callable[[bytes], object]]:
        """Yield a function that writes the bytes of one attachment."""
        with self._member(_attachment_member(attachment_id)):
            yield self._file.write

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest, close the archive and seal it."""
        with self._member(MANIFEST):
            self._file.write(manifest.model_dump_json(indent=1).encode())
        self._file.write(bytes(2 * BLOCK))
        digest = _digest(self._file)
        self._file.seek(0)
        self._file.write(_seal(digest))

    @contextmanager
    def _member(self, name: str) -> Iterator[None]:
        start = self._file.tell()
        self._file.write(bytes(BLOCK))
        yield
        size = self._file.tell() - start - BLOCK
        self._file.write(bytes(-size % BLOCK))
        end = self._file.tell()
        self._file.seek(start)
        self._file.write(_header(name, size))
        self._file.seek(end)


class BackupReader:
    """Reads a backup file."""

    def __init__(self, file: BinaryIO) -> None:
        """Verify the hash and read the manifest. Raises BackupError if the file is not an intact backup."""
        self._file = file
        file.seek(0)
        seal = file.read(SEALED_FROM)
        if not seal.startswith(_header("sha256", 64)[:257]):
            raise BackupError("the file is not a gigacity backup")
        if seal != _seal(_digest(file)):
            raise BackupError("the file is damaged or incomplete: its hash is wrong. Use another backup")
        file.seek(0)
        try:
            self._archive = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115 - open as long as the file is
            self.manifest = _manifest(self._member(MANIFEST).read())
        except (tarfile.TarError, KeyError, ValueError) as error:
            raise BackupError(f"the file's manifest cannot be read: {error}") from error

    @contextmanager
    def rows(self, content: TableContent) -> Iterator[Iterator[bytes]]:
        """Yield one table's rows in pieces. Raises BackupError after the last piece if the rows differ from the manifest."""

        def pieces() -> Iterator[bytes]:
            digest = RowDigest()
            while piece := compressed.read(READ_BYTES):
                digest.feed(piece)
                yield piece
            if (digest.rows, digest.sha256) != (content.rows, content.sha256):
                raise BackupError(f"the rows of {content.table} differ from the manifest. Use another backup")

        try:
            with gzip.GzipFile(fileobj=self._member(_member_of(content.table))) as compressed:
                yield pieces()
        except (KeyError, EOFError, OSError, zlib.error) as error:
            raise BackupError(f"the rows of {content.table} cannot be read: {error}") from error

    def attachment(self, content: AttachmentContent) -> BinaryIO:
        """Return the bytes of one attachment. Raises BackupError if they differ from the manifest."""
        try:
            member = self._member(_attachment_member(content.id))
        except KeyError as error:
            raise BackupError(f"attachment {content.id} is not in the file. Use another backup") from error
        digest = hashlib.file_digest(member, "sha256").hexdigest()
        if (member.tell(), digest) != (content.size, content.sha256):
            raise BackupError(f"attachment {content.id} differs from the manifest. Use another backup")
        member.seek(0)
        return member

    def check(self) -> None:
        """Read everything. Raises BackupError if anything differs from the manifest."""
        for content in self.manifest.tables:
            with self.rows(content) as pieces:
                for _ in pieces:
                    pass
        for attachment in self.manifest.attachments or ():
            self.attachment(attachment)

    def _member(self, name: str) -> io.BufferedReader:
        member = self._archive.extractfile(name)
        if member is None:
            raise KeyError(name)
        return member  # type: ignore[return-value]


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Yield a file that only its owner may read; it appears at `path` when the block succeeds, complete or not at all.

    Raises BackupError if `path` exists: a backup never overwrites a file.
    """
    if path.exists():
        raise BackupError(f"{path} already exists, and a backup overwrites nothing: choose another name")
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(unfinished)
        _sync_folder(path.parent)
    except FileExistsError as error:
        raise BackupError(f"{path} already exists, and a backup overwrites nothing: choose another name") from error
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _manifest(text: bytes) -> Manifest:
    document = json.loads(text)
    version = document.get("format") if isinstance(document, dict) else None
    if version not in READABLE_FORMATS:
        raise BackupError(f"the file has format {version}, this release reads up to {FORMAT}: use the release that wrote it")
    return Manifest.model_validate_json(text)


def _member_of(table: str) -> str:
    return f"rows/{table}.gz"


def _attachment_member(attachment_id: str) -> str:
    return f"attachments/{attachment_id}"


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(SEALED_FROM)
    while piece := file.read(READ_BYTES):
        digest.update(piece)
    return digest.hexdigest()


def _seal(digest: str) -> bytes:
    return (_header("sha256", len(digest)) + digest.encode()).ljust(SEALED_FROM, b"\0")


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member.tobuf(tarfile.GNU_FORMAT)
