"""The store of attachments, as a folder and as a bucket."""

import asyncio
import hashlib
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

import pytest

from services.cases.attachments.store import PIECE_BYTES, AttachmentStore, StoreUnavailable, attachment_store
from shared.settings import Settings
from shared.values.uuid7 import uuid7
from tests.services.cases.attachments.fake_s3 import FakeS3, fake_s3

LONG = os.urandom(PIECE_BYTES) * 12 + b"end"  # more than one part and one piece


class Cut(BytesIO):
    """A file that cannot be read to its end."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, or fail after a part."""
        if self.tell() >= 6 << 20:
            raise OSError("cut off")
        return super().read(size)


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AttachmentStore]:
    """A store of each kind."""
    if request.param == "folder":
        yield AttachmentStore((tmp_path / "a folder").as_uri())
        return
    with fake_s3() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield AttachmentStore("s3://bucket/gigacity/files")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeS3]:
    """A server of a bucket, whose address is in the environment."""
    with fake_s3() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


async def read(store: AttachmentStore, key: UUID, content: bytes) -> bytes:
    """The stored bytes of a content."""
    return b"".join([piece async for piece in store.read(key, len(content), hashlib.sha256(content).hexdigest())])


async def _receive(pieces: AsyncIterator[bytes], received: list[bytes]) -> None:
    async for piece in pieces:
        received.append(piece)  # noqa: PERF401 - kept if a later one fails


def files_in(folder: Path) -> list[str]:
    """The names of the files in a folder."""
    return [file.name for file in folder.iterdir()]


async def names(store: AttachmentStore) -> list[str]:
    """The names of all objects."""
    return [name async for name in store.ids()]


async def test_what_is_put_is_read_until_it_is_discarded(store: AttachmentStore) -> None:
    short, long = uuid7(), uuid7()

    await store.put(short, BytesIO(b"abc"))
    await store.put(long, BytesIO(LONG))

    assert await read(store, short, b"abc") == b"abc"
    assert await read(store, long, LONG) == LONG
    assert sorted(await names(store)) == sorted(map(str, (short, long)))

    await store.discard(long)
    await store.discard(long)
    await store.discard(uuid7())

    assert await names(store) == [str(short)]
    with pytest.raises(StoreUnavailable):
        await read(store, long, LONG)


async def test_other_bytes_than_the_stored_ones_are_never_read_to_their_end(store: AttachmentStore) -> None:
    key = uuid7()
    await store.put(key, BytesIO(LONG))

    for other in (LONG[:-1] + b"x", LONG + b"x"):
        pieces = store.read(key, len(other), hashlib.sha256(other).hexdigest())
        received: list[bytes] = []
        with pytest.raises(StoreUnavailable):
            await _receive(pieces, received)
        assert sum(map(len, received)) < len(other)


async def test_a_file_that_cannot_be_read_to_its_end_leaves_nothing(store: AttachmentStore) -> None:
    with pytest.raises(StoreUnavailable, match="cut off"):
        await store.put(uuid7(), Cut(LONG))

    assert await names(store) == []


async def test_a_bucket_that_does_not_answer_is_unavailable(bucket: FakeS3) -> None:
    store = AttachmentStore("s3://bucket")
    bucket.failing = True

    for attempt in (store.put(uuid7(), BytesIO(b"abc")), store.discard(uuid7()), read(store, uuid7(), b"abc")):
        with pytest.raises(StoreUnavailable):
            await attempt
    assert bucket.objects == {}


async def test_no_part_of_an_upload_that_fails_stays_in_a_bucket(bucket: FakeS3) -> None:
    with pytest.raises(StoreUnavailable):
        await AttachmentStore("s3://bucket").put(uuid7(), Cut(LONG))

    assert (bucket.objects, bucket.uploads) == ({}, {})
    assert [command for command, _ in bucket.requests][-1] == "DELETE"


async def test_a_folder_has_its_bytes_on_the_disk_before_they_are_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink())))
    key, folder = uuid7(), tmp_path / "files"

    await AttachmentStore(folder.as_uri()).put(key, BytesIO(b"abc"))

    assert synced == [str(tmp_path), str(folder / str(key)), str(folder)]
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path.as_uri())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(StoreUnavailable, match="too large"):
            await store.put(uuid7(), BytesIO(LONG))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert files_in(tmp_path) == []


PUT_AND_WAIT = """
import asyncio, io, sys, time
from uuid import UUID
from services.cases.attachments.store import AttachmentStore

class Endless(io.RawIOBase):
    left = 20 << 20
    def readable(self): return True
    def seekable(self): return True
    def tell(self): return 0
    def seek(self, offset, whence=0): return (1 << 30) if whence == 2 else offset
    def read(self, size=-1):
        if self.left <= 0:
            print("half", flush=True)
            time.sleep(60)
        self.left -= size
        return b"x" * size

asyncio.run(AttachmentStore(sys.argv[1]).put(UUID(sys.argv[2]), Endless()))
"""


async def test_what_a_killed_process_leaves_is_no_object_and_can_be_discarded(tmp_path: Path) -> None:
    store, key = AttachmentStore(tmp_path.as_uri()), uuid7()
    command = [sys.executable, "-c", PUT_AND_WAIT, tmp_path.as_uri(), str(key)]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert process.stdout
    assert await process.stdout.readline() == b"half\n"
    process.kill()
    await process.wait()

    assert files_in(tmp_path) == [f"{key}#1"]
    assert await names(store) == []

    await store.discard(key)

    assert files_in(tmp_path) == []


MEASURE = """
import asyncio, hashlib, sys, tempfile
from uuid import UUID
from services.cases.attachments.store import AttachmentStore

def peak():
    return next(int(line.split()[1]) >> 10 for line in open("/proc/self/status") if line.startswith("VmHWM"))

async def measure():
    store, digest = AttachmentStore(sys.argv[1]), hashlib.sha256()
    with tempfile.TemporaryFile(dir=sys.argv[2]) as file:
        for number in range(50):
            piece = bytes([number]) * (1 << 20)
            digest.update(piece)
            file.write(piece)
        file.seek(0)
        await store.put(UUID(int=1), open("/dev/null", "rb"))
        before = peak()
        await store.put(UUID(int=2), file)
    async for _ in store.read(UUID(int=2), 50 << 20, digest.hexdigest()):
        pass
    print(peak() - before)

asyncio.run(measure())
"""


@pytest.mark.parametrize("kind", ["folder", "bucket"])
async def test_a_large_file_takes_little_memory(kind: str, tmp_path: Path, bucket: FakeS3) -> None:
    address = (tmp_path / "files").as_uri() if kind == "folder" else "s3://bucket"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MEASURE, address, str(tmp_path), stdout=subprocess.PIPE, env={**os.environ, **bucket.environment}
    )
    printed, _ = await process.communicate()

    assert int(printed) < 40, printed  # MiB for 50


async def test_the_default_is_a_folder_in_the_home(tmp_path: Path) -> None:
    key = uuid7()

    await attachment_store(Settings(mode="test", home=tmp_path)).put(key, BytesIO(b"abc"))

    assert (tmp_path / "attachments" / str(key)).read_bytes() == b"abc"


@pytest.mark.parametrize(
    "address", ["", "/srv/files", "file://host/files", "s3://", "https://bucket", "s3://key:secret@bucket/x"]
)
def test_an_address_of_another_form_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="attachments_url"):
        Settings(attachments_url=address)


async def test_a_spooled_file_is_put_whole(store: AttachmentStore) -> None:
    key = uuid7()
    with tempfile.SpooledTemporaryFile(1 << 10) as file:
        file.write(LONG)
        file.seek(0)
        await store.put(key, cast("BinaryIO", file))

    assert await read(store, key, LONG) == LONG
