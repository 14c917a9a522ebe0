"""The file of a backup: a tar archive that any tar reads, whose first member is the SHA-256 of everything behind it.

sha256           in hex, over all bytes from 1024 on
rows/TABLE.gz    COPY's text, one row a line, in the order of the primary key; parents before children
manifest.json    what the file holds
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
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict

from cli.backup.tables import RowDigest

FORMAT = 1
BLOCK = tarfile.BLOCKSIZE
SEALED_FROM = 2 * BLOCK  # the header of the member sha256 and its padded content
MANIFEST = "manifest.json"
CHUNK = 1 << 20
FAST = 3  # of gzip: twice as fast as the default, a tenth larger


class BackupError(RuntimeError):
    """There is no backup, or nothing was restored; the message says why and what to do."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class CampaignState(_Strict):
    """Where a campaign's ledger stood."""

    campaign: str
    data_version: int
    definition_version: int


class TableContent(_Strict):
    """One table's rows."""

    table: str
    columns: list[str]
    rows: int
    sha256: str


class Manifest(_Strict):
    """What a backup holds."""

    format: Literal[1]
    product: str
    schema_revision: str
    server: str
    taken_at: datetime
    campaigns: list[CampaignState]
    tables: list[TableContent]


class BackupWriter:
    """A backup that is being written."""

    def __init__(self, file: BinaryIO) -> None:
        """`file` is new and can be read again."""
        self._file = file
        self._file.write(bytes(SEALED_FROM))

    @contextmanager
    def rows(self, table: str) -> Iterator[Callable[[bytes], object]]:
        """What takes in one table's rows."""
        with self._member(_member_of(table)), gzip.GzipFile("", "wb", FAST, self._file, mtime=0) as packed:
            yield packed.write

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
    """A whole backup, open for reading."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises BackupError for whatever is not exactly a file that was written here."""
        self._file = file
        file.seek(0)
        head = file.read(SEALED_FROM)
        if not head.startswith(_header("sha256", 64)[:257]):
            raise BackupError("this is not a backup of gigacity")
        if head != _seal(_digest(file)):
            raise BackupError("the file is damaged or cut off: its bytes are not those that were written. Use another backup")
        file.seek(0)
        try:
            self._archive = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115 - open as long as the file is
            self.manifest = _manifest(self._member(MANIFEST).read())
        except (tarfile.TarError, KeyError, ValueError) as error:
            raise BackupError(f"the file's manifest cannot be read: {error}") from error

    @contextmanager
    def rows(self, content: TableContent) -> Iterator[Iterator[bytes]]:
        """One table's rows, in pieces. Raises BackupError where they are not those of the manifest, once all were read."""

        def pieces() -> Iterator[bytes]:
            tally = RowDigest()
            while piece := packed.read(CHUNK):
                tally.feed(piece)
                yield piece
            if (tally.rows, tally.sha256) != (content.rows, content.sha256):
                raise BackupError(f"the rows of {content.table} are not those of the manifest. Use another backup")

        try:
            with gzip.GzipFile(fileobj=self._member(_member_of(content.table))) as packed:
                yield pieces()
        except (KeyError, EOFError, OSError, zlib.error) as error:
            raise BackupError(f"the rows of {content.table} cannot be read: {error}") from error

    def check(self) -> None:
        """Read all rows once. Raises BackupError where any are not those of the manifest."""
        for content in self.manifest.tables:
            with self.rows(content) as pieces:
                for _ in pieces:
                    pass

    def _member(self, name: str) -> io.BufferedReader:
        found = self._archive.extractfile(name)
        if found is None:
            raise KeyError(name)
        return found  # type: ignore[return-value]


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that only its owner may read, and that stands at `path` once the block has ended well, whole or not at all.

    Raises BackupError where there is something already: nothing is ever overwritten.
    """
    if path.exists():
        raise BackupError(f"{path} exists already: a backup overwrites nothing. Choose another name")
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
        _sync_folder(path.parent)
    except FileExistsError as error:
        raise BackupError(f"{path} exists already: a backup overwrites nothing. Choose another name") from error
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):
            draft.unlink()


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _manifest(text: bytes) -> Manifest:
    document = json.loads(text)
    known = document.get("format") if isinstance(document, dict) else None
    if known != FORMAT:
        raise BackupError(f"the file has format {known}, this release reads {FORMAT}: use the release that made it")
    return Manifest.model_validate_json(text)


def _member_of(table: str) -> str:
    return f"rows/{table}.gz"


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(SEALED_FROM)
    while piece := file.read(CHUNK):
        digest.update(piece)
    return digest.hexdigest()


def _seal(digest: str) -> bytes:
    return (_header("sha256", len(digest)) + digest.encode()).ljust(SEALED_FROM, b"\0")


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member.tobuf(tarfile.GNU_FORMAT)
