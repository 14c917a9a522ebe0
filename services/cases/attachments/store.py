"""The store of the bytes of attachments: a folder or an object store, by address.

An object appears complete or not at all. Whoever puts one records its id in the database first, so that what a killed process
leaves is known and can be discarded.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import urlsplit
from urllib.request import url2pathname
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from shared.settings import Settings

if TYPE_CHECKING:
    from obstore.store import RetryConfig

PIECE_BYTES: Final = 1 << 20
_PART_BYTES: Final = 5 << 20  # of a multipart upload, the least that S3 accepts; so many bytes are in memory
_RETRIES: Final["RetryConfig"] = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}


class StoreUnavailable(Exception):  # noqa: N818 - a state that passes
    """The store cannot be read or written now, or lacks an object that it should have."""


class AttachmentStore:
    """The bytes of attachments by id."""

    def __init__(self, address: str) -> None:
        """`address` is `file:///FOLDER` or `s3://BUCKET/PREFIX`. Nothing is opened or created yet.

        The endpoint, region and credentials of an S3-compatible store are the standard `AWS_…` variables of the environment.
        """
        parts = urlsplit(address)
        self.address = address
        self._folder = Path(url2pathname(parts.path)) if parts.scheme == "file" else None

    @cached_property
    def _store(self) -> LocalStore | S3Store:
        if self._folder is None:
            return S3Store.from_url(self.address, retry_config=_RETRIES, disable_bulk_delete=True)  # which not all stores have
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sync(self._folder.parent)
        return LocalStore(self._folder)

    async def put(self, attachment_id: UUID, file: BinaryIO) -> None:
        """Store the rest of a file under an id. Once it returns, the bytes survive a power cut. Raises StoreUnavailable."""
        with _unavailable():
            await obstore.put_async(self._store, str(attachment_id), file, chunk_size=_PART_BYTES, max_concurrency=1)
            if self._folder is not None:
                await asyncio.to_thread(_sync, self._folder / str(attachment_id), self._folder)

    async def read(self, attachment_id: UUID, size: int, sha256: str) -> AsyncIterator[bytes]:
        """Yield an object in pieces; the last one only if all of them have this size and hash. Raises StoreUnavailable.

        Each piece is a request of its own, so that a slow reader does not keep a connection to the store.
        """
        digest = hashlib.sha256()
        for start in range(0, size, PIECE_BYTES):
            with _unavailable():
                end = min(start + PIECE_BYTES, size)
                piece = bytes(await obstore.get_range_async(self._store, str(attachment_id), start=start, end=end))
            digest.update(piece)
            if end == size and digest.hexdigest() != sha256:
                raise StoreUnavailable(f"the bytes of attachment {attachment_id} are not those that were stored")
            yield piece

    async def discard(self, attachment_id: UUID) -> None:
        """Delete an object and what an interrupted `put` left of it, if there is any. Raises StoreUnavailable.

        Of an interrupted upload to S3, parts may remain that no one can read: a lifecycle rule of the bucket deletes them.
        """
        with _unavailable(), suppress(FileNotFoundError):
            await obstore.delete_async(self._store, str(attachment_id))
        for unfinished in self._unfinished(attachment_id):
            unfinished.unlink(missing_ok=True)

    async def ids(self) -> AsyncIterator[str]:
        """Yield the names of all objects. Raises StoreUnavailable."""
        with _unavailable():
            async for page in obstore.list(self._store):
                for found in page:
                    yield found["path"]

    def _unfinished(self, attachment_id: UUID) -> Iterator[Path]:
        """Yield the files that obstore writes before it gives them their name."""
        if self._folder is not None:
            yield from self._folder.glob(f"{attachment_id}#*")


def attachment_store(settings: Settings) -> AttachmentStore:
    """Return the store that the settings name; by default a folder in `home`."""
    return AttachmentStore(settings.attachments_url or (settings.home.resolve() / "attachments").as_uri())


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise StoreUnavailable(str(error).partition("\n")[0]) from error


def _sync(*paths: Path) -> None:
    """Write files and folders to the disk: the library leaves them to the operating system."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
