"""Attachments in backups, and the command that reads all of them."""

import asyncio
from pathlib import Path

import psycopg
import pytest

from cli.attachments import AttachmentsDamaged, check_attachments
from cli.backup.archive import BackupError, BackupReader
from cli.backup.create import create_backup
from cli.backup.restore import check_backup, restore_backup
from cli.postgres.database_urls import DatabaseUrls
from shared.settings import Settings
from tests.cli.backup.test_backup import CASE
from tests.fixtures_campaign_api import CampaignApi
from tests.services.cases.attachments.fake_s3 import fake_s3
from tests.services.cases.attachments.sample_files import PDF, PNG

LONG = PDF + b" " * (6 << 20)
UPLOAD = "INSERT INTO attachment_upload VALUES ('liangjiang-2022', 'mobile', %s, now() - interval '2 hours')"


async def attached(campaign: CampaignApi) -> list[str]:
    """Attach two files to a case; return their ids."""
    mobile = campaign.headers("mobile")
    case = (await campaign.api.post("/v1/cases", json=CASE, headers=mobile)).headers["Location"]
    ids = []
    for name, content in (("a.pdf", LONG), ("a.png", PNG)):
        answer = await campaign.api.post(f"{case}/attachments", files={"file": (name, content)}, headers=mobile)
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    return ids


def in_store(settings: Settings, address: str) -> Settings:
    """The settings with another store."""
    return settings.model_copy(update={"attachments_url": address})


async def test_a_backup_has_the_attachments_and_both_kinds_of_store_get_them_back(  # noqa: PLR0917 - fixtures
    liangjiang: CampaignApi,
    urls: DatabaseUrls,
    unmigrated_urls: DatabaseUrls,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    long, short = await attached(liangjiang)
    file, filled = tmp_path / "backup.tar", urls.fill(settings)

    await asyncio.to_thread(create_backup, filled, file)
    await asyncio.to_thread(check_backup, file)
    with fake_s3() as bucket:
        for name, value in bucket.environment.items():
            monkeypatch.setenv(name, value)
        restored = in_store(unmigrated_urls.fill(settings), "s3://bucket/files")
        await asyncio.to_thread(restore_backup, restored, file)
        await asyncio.to_thread(check_attachments, restored)

        assert bucket.objects == {f"files/{long}": LONG, f"files/{short}": PNG}
        again = tmp_path / "again.tar"
        await asyncio.to_thread(create_backup, restored, again)
    with file.open("rb") as first, again.open("rb") as second:
        assert BackupReader(second).manifest.attachments == BackupReader(first).manifest.attachments
    assert f"s3://bucket/files: 2 attachments, {len(LONG) + len(PNG):,} bytes" in capsys.readouterr().out


async def test_a_missing_attachment_is_named_and_a_backup_without_them_can_be_made(
    liangjiang: CampaignApi,
    urls: DatabaseUrls,
    unmigrated_urls: DatabaseUrls,
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    long, _ = await attached(liangjiang)
    file, filled = tmp_path / "backup.tar", urls.fill(settings)
    (tmp_path / "attachments" / long).unlink()

    with pytest.raises(BackupError, match=f"attachment {long} cannot be read"):
        await asyncio.to_thread(create_backup, filled, file)
    with pytest.raises(AttachmentsDamaged, match=f"{long} of case .* in liangjiang-2022"):
        await asyncio.to_thread(check_attachments, filled)
    await asyncio.to_thread(lambda: create_backup(filled, file, with_attachments=False))
    await asyncio.to_thread(restore_backup, in_store(unmigrated_urls.fill(settings), (tmp_path / "other").as_uri()), file)

    assert "without attachments" in capsys.readouterr().out


async def test_the_command_deletes_what_interrupted_uploads_left(
    liangjiang: CampaignApi, urls: DatabaseUrls, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = await attached(liangjiang)
    left = "01831086-9900-7000-8000-000000000001"
    for name in (left, f"{left}#1", "stranger"):
        (tmp_path / "attachments" / name).write_bytes(b"left")
    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin('liangjiang-2022', 'mobile', 'own')")
        owner.execute(UPLOAD, [left])

    await asyncio.to_thread(check_attachments, urls.fill(settings))

    told = capsys.readouterr().out
    assert "1 interrupted uploads were deleted" in told
    assert "1 files belong to no attachment: stranger" in told
    assert sorted(file.name for file in (tmp_path / "attachments").iterdir()) == sorted([*kept, "stranger"])
