"""Attachments of items over HTTP, on a real database."""

import asyncio
import hashlib
import os
import resource
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio
from httpx import AsyncClient, Response

from cli.postgres.database_urls import DatabaseUrls
from services.cases.attachments.scanner import Scanner
from services.cases.attachments.store import AttachmentStore, StoreUnavailable
from services.cases.items import attachments
from services.cases.service import CasesService
from shared.clock import Clock
from shared.settings import Settings
from tests.fixtures_api import Bearer, Serve
from tests.fixtures_settings import NOW
from tests.services.cases.attachments.fake_clamd import FakeClamd, fake_clamd
from tests.services.cases.attachments.fake_s3 import fake_s3
from tests.services.cases.attachments.sample_files import ACCEPTED, CSV, PDF, PNG
from tests.services.cases.items.killed_uploads import LONG, STEPS
from tests.services.cases.test_cases import CasesApi


class Attachments:
    """The attachments of one case of telecom, and where they are kept."""

    def __init__(self, api: CasesApi, urls: DatabaseUrls, path: str, folder: Path) -> None:
        self.api = api
        self.path = f"{path}/attachments"
        self._urls = urls
        self._folder = folder

    async def send(
        self,
        content: bytes | AsyncIterator[bytes] = PDF,
        name: str = "方案.pdf",
        who: str = "telecom",
        declared: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Attach a file, as `curl -F` does."""
        start = (
            f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: {declared}\r\n\r\n'
        ).encode()
        form = {"Content-Type": "multipart/form-data; boundary=b", "Accept-Language": "en"}
        body = start + content + b"\r\n--b--\r\n" if isinstance(content, bytes) else _around(start, content)
        return await self.api.client.post(self.path, content=body, headers=self.api.headers(who) | form | dict(headers or {}))

    async def sent(self, *args: Any, **more: Any) -> dict[str, Any]:
        """Attach a file successfully."""
        answer = await self.send(*args, **more)
        assert answer.status_code == 201, answer.text
        document: dict[str, Any] = answer.json()
        return document

    async def get(self, path: str, who: str = "telecom", **headers: str) -> Response:
        """Download as an organisation."""
        return await self.api.client.get(path, headers=self.api.headers(who) | headers)

    def rows(self, table: str) -> list[str]:
        """The ids in a table."""
        with psycopg.connect(self._urls.owner) as owner:
            owner.execute("SELECT gigacity_begin('liangjiang-2022', 'telecom', 'campaign')")
            return sorted(str(one) for (one,) in owner.execute(f"SELECT id FROM {table}"))

    def files(self) -> list[str]:
        """The names of the stored files."""
        return sorted(file.name for file in self._folder.iterdir()) if self._folder.exists() else []

    def write(self, name: str, content: bytes) -> None:
        """Write a file into the store's folder."""
        (self._folder / name).write_bytes(content)

    def left(self) -> tuple[list[str], list[str], list[str]]:
        """Attachments, notes of uploads, and files."""
        return self.rows("item_attachment"), self.rows("attachment_upload"), self.files()


async def _around(start: bytes, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield start
    async for piece in content:
        yield piece
    yield b"\r\n--b--\r\n"


NOTHING: tuple[list[str], list[str], list[str]] = ([], [], [])


@pytest_asyncio.fixture
async def files(serve: Serve, bearer: Bearer, urls: DatabaseUrls, tmp_path: Path) -> Attachments:
    """The attachments of a submitted case, in a folder."""
    api = CasesApi(await serve("cases"), bearer)
    return Attachments(api, urls, await api.submitted(), tmp_path / "attachments")


async def test_a_file_of_every_type_is_attached_listed_and_downloaded(files: Attachments) -> None:
    sent = [await files.sent(content, name) for name, (content, _) in list(ACCEPTED.items())[:19]]
    listed = (await files.get(files.path)).json()

    assert (listed["items"], listed["total"]) == (sent, len(sent))
    for document, (name, (content, media_type)) in zip(sent, ACCEPTED.items(), strict=True):
        downloaded = await files.get(document["path"])
        assert downloaded.content == content
        assert {name: document[name] for name in ("org", "name", "media_type", "size", "sha256", "scan")} == {
            "org": "telecom",
            "name": name,
            "media_type": media_type,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "scan": "unscanned",
        }
    ids = sorted(document["id"] for document in sent)
    assert files.left() == (ids, [], ids)


async def test_a_download_is_saved_by_browsers_and_opened_by_none(files: Attachments) -> None:
    document = await files.sent(PDF, '../方案 "最终".pdf')

    answer = await files.get(document["path"])
    again = await files.get(document["path"], **{"If-None-Match": answer.headers["ETag"]})

    name = quote("方案 _最终_.pdf")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=\"_______.pdf\"; filename*=UTF-8''{name}"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Length"] == str(len(PDF))
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["ETag"] == f'"{document["sha256"]}"'
    assert (again.status_code, again.content) == (304, b"")


async def test_who_may_read_the_item_reads_and_adds_attachments_and_for_others_there_are_none(files: Attachments) -> None:
    document = await files.sent()
    absent = str(uuid4())
    assert (await files.get(document["path"], "industry")).content == PDF
    assert (await files.send(PNG, "a.png", "industry")).status_code == 201

    hidden = [
        await files.get(files.path, "mobile"),
        await files.get(document["path"], "mobile"),
        await files.send(who="mobile"),
        await files.get(f"{files.path}/{absent}", "telecom"),
        await files.get(files.path.replace(files.path.split("/")[3], absent), "mobile"),
        await files.get(document["path"].replace(files.path.split("/")[3], absent), "mobile"),
    ]

    answers = [{**answer.json(), "instance": ""} for answer in hidden]
    assert [answer.status_code for answer in hidden] == [404] * 6
    assert all({**answer, "detail": "", "title": ""} == {**answers[0], "detail": "", "title": ""} for answer in answers)


async def test_an_attachment_of_another_item_is_not_found_under_this_one(files: Attachments) -> None:
    document = await files.sent()
    other = await files.api.submitted(title="另一案例")

    assert (await files.get(f"{other}/attachments/{document['id']}")).status_code == 404
    assert (await files.get(f"{other}/attachments")).json()["total"] == 0


REFUSED: dict[str, tuple[dict[str, Any], int, str]] = {
    "empty": ({"content": b""}, 400, "empty"),
    "lying extension": ({"content": PNG}, 415, "does not fit the extension .pdf"),
    "lying type": ({"declared": "image/png"}, 415, "declared type is image/png"),
    "not accepted": ({"content": b"MZ\x90\x00", "name": "a.exe"}, 415, "not accepted"),
    "not a form": ({"headers": {"Content-Type": "application/pdf"}}, 415, "multipart/form-data"),
    "other encoding": ({"headers": {"Content-Encoding": "br"}}, 415, "gzip"),
}


async def test_a_file_that_is_refused_leaves_nothing(files: Attachments) -> None:
    for case, (arguments, status, text) in REFUSED.items():
        refused = await files.send(**arguments)

        assert (case, refused.status_code, text in refused.json()["detail"]) == (case, status, True), refused.text
    assert files.left() == NOTHING


async def test_a_form_that_is_cut_off_leaves_nothing(files: Attachments) -> None:
    headers = files.api.headers("telecom") | {"Content-Type": "multipart/form-data; boundary=b"}
    start = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'

    for body in (start + PDF, start, b""):
        assert (await files.api.client.post(files.path, content=body, headers=headers)).status_code == 400
    assert files.left() == NOTHING


@pytest_asyncio.fixture
async def small(serve: Serve, bearer: Bearer, urls: DatabaseUrls, settings: Settings, tmp_path: Path) -> Attachments:
    """The attachments of a case where a file has at most 1 MiB and an item three files."""
    client = await serve("cases")
    service = service_of(client)
    service.settings = settings.model_copy(update={"attachment_max_bytes": 1 << 20, "attachments_max": 3})
    api = CasesApi(client, bearer)
    return Attachments(api, urls, await api.submitted(), tmp_path / "attachments")


def service_of(client: AsyncClient) -> CasesService:
    """The service behind a client."""
    app: Any = client._transport.app  # type: ignore[attr-defined]
    while not hasattr(app, "state"):
        app = app.app
    service: CasesService = app.state.service
    return service


async def test_a_file_of_the_limit_is_attached_and_a_larger_one_leaves_nothing(small: Attachments) -> None:
    padding = b" " * ((1 << 20) - len(PDF))

    async def pieces() -> AsyncIterator[bytes]:
        yield PDF
        for _ in range(20):
            yield padding[: 1 << 16]

    refused = [await small.send(PDF + padding + b" "), await small.send(PDF + padding * 2), await small.send(pieces())]

    assert [answer.status_code for answer in refused] == [413] * 3
    assert {answer.json()["limit"] for answer in refused} == {1 << 20}
    assert small.left() == NOTHING
    assert (await small.sent(PDF + padding))["size"] == 1 << 20


async def test_an_item_has_no_more_attachments_than_it_may_have_however_many_arrive_at_once(small: Attachments) -> None:
    answers = await asyncio.gather(*(small.send(PDF, f"{number}.pdf") for number in range(6)))
    for _ in range(3):  # one that waited too long for the others was 503
        late = await small.send()

    assert {answer.status_code for answer in answers} <= {201, 409, 503}
    assert (late.status_code, late.json()["code"], late.json()["limit"]) == (409, "too_many_attachments", 3)
    attached, notes, kept = small.left()
    assert (len(attached), notes, kept) == (3, [], attached)


async def test_a_repeated_upload_returns_the_first_response_and_keeps_one_file(files: Attachments) -> None:
    key = {"Idempotency-Key": "upload-1"}
    first = await files.send(headers=key)
    again = await files.send(headers=key)
    at_once = await asyncio.gather(*(files.send(CSV, "a.csv", headers={"Idempotency-Key": "upload-2"}) for _ in range(4)))
    other = await files.send(PNG, "a.png", headers=key)

    assert (first.status_code, again.content, again.headers["Idempotency-Replayed"]) == (201, first.content, "true")
    assert again.headers["Location"] == first.json()["path"]
    assert {answer.status_code for answer in at_once} <= {201, 409, 503}
    assert len({answer.content for answer in at_once if answer.status_code == 201}) == 1
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    attached, notes, kept = files.left()
    assert (len(attached), notes, kept) == (2, [], attached)


async def test_moves_and_attachments_at_once_lose_nothing(files: Attachments) -> None:
    case = files.path.removesuffix("/attachments")
    tag = (await files.get(case)).headers["ETag"]

    answers = await asyncio.gather(
        *(files.send(PDF, f"{number}.pdf") for number in range(5)),
        *(files.api.move("industry", case, "return", tag, reason="请补充") for _ in range(3)),
    )

    attached = sum(answer.status_code == 201 for answer in answers[:5])
    assert {answer.status_code for answer in answers[:5]} <= {201, 503}
    assert min(answer.status_code for answer in answers[5:]) in (200, 503)
    assert (await files.get(files.path)).json()["total"] == attached > 0


async def test_a_disk_that_is_full_leaves_nothing(files: Attachments) -> None:
    large = PDF + b" " * (3 << 20)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, hard))
    try:
        refused = await files.send(large)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert (refused.status_code, "disk is full" in refused.json()["detail"]) == (503, True)
    assert refused.headers["Retry-After"] == "60"
    assert files.left() == NOTHING
    assert (await files.send(large)).status_code == 201


async def test_a_store_that_fails_is_503_and_leaves_nothing(files: Attachments, monkeypatch: pytest.MonkeyPatch) -> None:
    document = await files.sent()
    kept = files.left()

    async def fail(*_: object) -> None:
        raise StoreUnavailable("no answer")

    with monkeypatch.context() as patched:
        patched.setattr(AttachmentStore, "put", fail)
        refused = await files.send(PNG, "a.png")
    assert (refused.status_code, files.left()) == (503, kept)

    files.write(document["id"], PDF[:-1] + b"x")
    damaged = await files.get(document["path"])
    assert (damaged.status_code, damaged.json()["code"]) == (503, "overloaded")


async def test_what_interrupted_uploads_left_goes_with_the_next_upload_after_an_hour(
    files: Attachments, urls: DatabaseUrls
) -> None:
    await files.sent()
    old, new = str(uuid4()), str(uuid4())
    for name in (old, f"{old}#1", new):
        files.write(name, b"left")
    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin('liangjiang-2022', 'telecom', 'own')")
        for one, age in ((old, timedelta(minutes=61)), (new, timedelta(minutes=59))):
            at = Clock.real_now() - age
            owner.execute("INSERT INTO attachment_upload VALUES ('liangjiang-2022', 'telecom', %s, %s)", [one, at])

    await files.sent(PNG, "a.png")

    attached, notes, kept = files.left()
    assert (notes, kept) == ([new], sorted([*attached, new]))


async def test_an_upload_that_took_too_long_is_not_attached_and_leaves_nothing(
    files: Attachments, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "EXPIRE_AFTER", timedelta(seconds=0))
    put = AttachmentStore.put

    async def slow(store: AttachmentStore, *arguments: Any) -> None:
        await put(store, *arguments)
        if arguments[1].read():
            return
        monkeypatch.setattr(AttachmentStore, "put", put)
        assert (await files.send(PNG, "second.png")).status_code == 201

    monkeypatch.setattr(AttachmentStore, "put", slow)
    refused = await files.send()

    assert refused.status_code == 503
    attached, notes, kept = files.left()
    assert (len(attached), notes, kept) == (1, [], attached)


async def test_a_process_that_is_killed_leaves_no_file_without_a_row_and_no_attachment_without_its_file(
    files: Attachments, urls: DatabaseUrls, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled = urls.fill(settings)
    assert filled.cases_database_url
    environment = {
        **os.environ,
        "GIGACITY_MODE": "test",
        "GIGACITY_NOW": NOW.isoformat(),
        "GIGACITY_HOME": str(filled.home),
        "GIGACITY_CASES_DATABASE_URL": filled.cases_database_url.get_secret_value(),
        "GIGACITY_ATTACHMENTS_URL": str(filled.attachments_url),
    }
    command = ["-m", "tests.services.cases.items.killed_uploads", files.path, files.api.headers("telecom")["Authorization"]]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, env=environment, stdout=subprocess.PIPE)
    printed, _ = await process.communicate()

    assert printed.decode().splitlines() == [f"{step}: -9" for step in STEPS]
    attached, notes, kept = files.left()
    assert (len(attached), len(notes)) == (1, 4)
    assert {name.partition("#")[0] for name in kept} <= {*attached, *notes}
    assert len(kept) == 4
    listed = (await files.get(files.path)).json()["items"]
    assert [one["id"] for one in listed] == attached
    assert (await files.get(listed[0]["path"])).content == LONG

    monkeypatch.setattr(attachments, "EXPIRE_AFTER", timedelta(seconds=0))
    await files.sent()

    attached, notes, kept = files.left()
    assert (len(attached), notes, kept) == (2, [], attached)


@pytest_asyncio.fixture
async def clamd() -> AsyncIterator[FakeClamd]:
    """A virus scanner."""
    async with fake_clamd() as scanner:
        yield scanner


async def test_with_a_scanner_only_clean_files_are_stored(files: Attachments, clamd: FakeClamd) -> None:
    service_of(files.api.client).scanner = Scanner(clamd.address)

    clean = await files.sent()
    infected = await files.send(CSV + b"VIRUS", "a.csv")
    clamd.reply = b""
    down = await files.send(PNG, "a.png")

    assert (clean["scan"], clamd.received[0]) == ("clean", PDF)
    assert (infected.status_code, infected.json()["code"]) == (422, "infected")
    assert "Test.Signature" in infected.json()["detail"]
    assert (down.status_code, down.headers["Retry-After"]) == (503, "10")
    assert files.left() == ([clean["id"]], [], [clean["id"]])


async def test_attachments_may_be_in_a_bucket(files: Attachments, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_s3() as bucket:
        for name, value in bucket.environment.items():
            monkeypatch.setenv(name, value)
        service_of(files.api.client).store = AttachmentStore("s3://bucket/files")

        document = await files.sent()
        downloaded = await files.get(document["path"])

        assert (downloaded.content, bucket.objects) == (PDF, {f"files/{document['id']}": PDF})

        bucket.failing = True
        assert (await files.get(document["path"])).status_code == 503
        assert (await files.send()).status_code == 503
        assert len(files.rows("item_attachment")) == 1


async def test_every_attachment_is_in_the_audit(files: Attachments, urls: DatabaseUrls) -> None:
    document = await files.sent(who="industry")

    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin('liangjiang-2022', '*', 'campaign')")
        entries = owner.execute("SELECT org, operation FROM audit WHERE subject = %s", [document["id"]]).fetchall()
    assert entries == [("telecom", "create_case_attachment")]
