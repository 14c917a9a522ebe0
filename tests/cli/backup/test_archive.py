"""The file of a backup: intact, or refused."""

import hashlib
import io
import json
import random
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.backup.archive import (
    SEALED_FROM,
    BackupError,
    BackupReader,
    BackupWriter,
    CampaignState,
    Manifest,
    TableContent,
    new_file,
)
from cli.backup.tables import RowDigest

ROWS = {"parent": b"liangjiang-2022\ttelecom\t1\n" * 300, "child": b"", "other": "两江\t\\N\n".encode()}
SEED = 20220906


def written(rows: dict[str, bytes] = ROWS, **manifest: object) -> bytes:
    file = io.BytesIO()
    draft = BackupWriter(file)
    contents = []
    for table, data in rows.items():
        tally = RowDigest()
        tally.feed(data)
        with draft.rows(table) as sink:
            sink(data)
        contents.append(TableContent(table=table, columns=["a", "b"], rows=tally.rows, sha256=tally.sha256))
    known = {
        "format": 1,
        "product": "0.1.0",
        "schema_revision": "20261122_foundation",
        "server": "18",
        "taken_at": datetime(2022, 9, 6, tzinfo=UTC),
        "campaigns": [CampaignState(campaign="liangjiang-2022", data_version=25, definition_version=1)],
        "tables": contents,
    }
    draft.finish(Manifest.model_construct(**known | manifest))  # type: ignore[arg-type]
    return file.getvalue()


def sealed_again(data: bytes) -> bytes:
    """Return a changed file with a correct seal."""
    digest = hashlib.sha256(data[SEALED_FROM:]).hexdigest().encode()
    return data[:512] + digest + data[512 + len(digest) :]


def checked(data: bytes) -> Manifest:
    backup = BackupReader(io.BytesIO(data))
    backup.check()
    return backup.manifest


WHOLE = written()


def test_what_was_written_is_read() -> None:
    backup = BackupReader(io.BytesIO(WHOLE))

    read = {}
    for content in backup.manifest.tables:
        with backup.rows(content) as pieces:
            read[content.table] = b"".join(pieces)
    assert read == ROWS
    assert [(content.table, content.rows) for content in backup.manifest.tables] == [("parent", 300), ("child", 0), ("other", 1)]
    assert backup.manifest.campaigns[0].data_version == 25


def test_any_tar_reads_it() -> None:
    with tarfile.open(fileobj=io.BytesIO(WHOLE)) as archive:
        names = archive.getnames()
        manifest = archive.extractfile("manifest.json")
        assert manifest is not None
        assert json.load(manifest)["schema_revision"] == "20261122_foundation"

    assert names == ["sha256", "rows/parent.gz", "rows/child.gz", "rows/other.gz", "manifest.json"]


def test_every_flipped_byte_is_refused() -> None:
    seen = random.Random(SEED)  # noqa: S311 - which bit is flipped need not be a secret
    accepted = []
    for place in range(len(WHOLE)):
        damaged = bytearray(WHOLE)
        damaged[place] ^= 1 << seen.randrange(8)
        try:
            checked(bytes(damaged))
        except BackupError:
            continue
        accepted.append(place)

    assert len(WHOLE) > 5_000
    assert accepted == []


def test_every_truncation_is_refused() -> None:
    for length in range(len(WHOLE)):
        with pytest.raises(BackupError):
            checked(WHOLE[:length])


@given(st.binary(min_size=1, max_size=2_000))
def test_whatever_is_added_at_the_end_is_refused(more: bytes) -> None:
    with pytest.raises(BackupError):
        checked(WHOLE + more)


@given(st.binary(max_size=4_000))
def test_any_other_file_is_refused(content: bytes) -> None:
    with pytest.raises(BackupError):
        checked(content)


@given(st.integers(min_value=SEALED_FROM, max_value=len(WHOLE) - 1), st.integers(min_value=1, max_value=255))
def test_under_a_forged_seal_nothing_but_a_backup_error_or_the_same_rows_come_out(place: int, mask: int) -> None:
    damaged = bytearray(WHOLE)
    damaged[place] ^= mask
    backup_rows = {}
    try:
        backup = BackupReader(io.BytesIO(sealed_again(bytes(damaged))))
        for content in backup.manifest.tables:
            with backup.rows(content) as pieces:
                backup_rows[content.table] = b"".join(pieces)
    except BackupError:
        return
    assert list(backup_rows.values()) == list(ROWS.values())


def test_rows_that_are_not_the_manifests_are_refused_under_a_forged_seal() -> None:
    other = written({**ROWS, "other": "北碚\t\\N\n".encode()})
    both = written(ROWS, tables=BackupReader(io.BytesIO(other)).manifest.tables)

    with pytest.raises(BackupError, match="the rows of other differ from the manifest"):
        checked(both)


def test_a_newer_format_is_named() -> None:
    with pytest.raises(BackupError, match="the file has format 3, this release reads up to 2"):
        checked(written(format=3))


def test_a_file_is_readable_by_its_owner_alone_and_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with new_file(path) as file:
        file.write(b"whole")
        assert not path.exists()
        assert [one.stat().st_mode & 0o777 for one in tmp_path.iterdir()] == [0o600]

    assert path.read_bytes() == b"whole"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_text("the old one")
    with pytest.raises(BackupError, match="already exists"), new_file(path):
        pytest.fail("it was opened")
    path.unlink()

    with pytest.raises(BackupError, match="already exists"), new_file(path) as file:  # noqa: PT012 - the race is the test
        file.write(b"new")
        path.write_text("somebody was faster")

    assert path.read_text() == "somebody was faster"
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), new_file(tmp_path / "a.tar") as file:  # noqa: PT012 - the failure is the test
        file.write(b"half")
        raise ZeroDivisionError

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(BackupError, match=r"nowhere/a\.tar cannot be written: No such file"),
        new_file(tmp_path / "nowhere" / "a.tar"),
    ):
        pytest.fail("it was opened")
