"""Bodies that are refused as a whole."""

import gzip
import secrets
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from fastapi import Request

from shared.http.multipart import FilePart
from shared.http.spool import spool_body
from shared.problem_members import SizeLimit
from shared.problems import TooLarge
from shared.vocabulary import LimitUnit
from tests.fixtures_campaign_api import CampaignApi, rows

UNREADABLE: list[tuple[bytes, str, int, str]] = [
    (b"", ".json", 400, "malformed"),
    (b'{"observations": [', ".json", 400, "malformed"),
    (b'{"observations": [{"metric": "a", "metric": "b"}]}', ".json", 400, "malformed"),
    (b'{"observations": [{"value": NaN}]}', ".json", 400, "malformed"),
    (b"\xef\xbb\xbf{}", ".json", 400, "malformed"),
    ('{"observations": []}'.encode("utf-16"), ".json", 400, "malformed"),
    (b'{"rows": []}', ".json", 422, "schema"),
    (b"[]", ".json", 422, "schema"),
    (b"a,b,c\n1,2,3\n", ".csv", 422, "schema"),
    (b"PK\x03\x04 no workbook", ".xlsx", 422, "schema"),
    (b"<xml/>", "application/xml", 415, "media_type"),
    (b"{}", "application/json; charset=gbk", 415, "media_type"),
]


async def test_a_body_that_cannot_be_read_is_refused_before_anything_is_recorded(liangjiang: CampaignApi) -> None:
    for body, media, status, code in UNREADABLE:
        refused = await liangjiang.send("telecom", body, media)

        assert (body, refused.status_code, refused.json()["code"]) == (body, status, code)
        assert refused.headers["Content-Type"] == "application/problem+json"

    assert (await liangjiang.get_ok("/v1/imports"))["total"] == 0


def form(*parts: tuple[str, str | None, bytes], end: bytes = b"--\r\n") -> bytes:
    """A form of parts: name, file name and content."""
    heads = [f'name="{name}"' + (f'; filename="{file}"\r\nContent-Type: text/plain' if file else "") for name, file, _ in parts]
    pairs = zip(heads, (content for *_, content in parts), strict=True)
    texts = [b"--lines\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + content for head, content in pairs]
    return b"\r\n".join([*texts, b"--lines"]) + end


FORM = "multipart/form-data; boundary=lines"
TABLE = b"metric,area,month,value\nfbb_subs_total,liangjiang,2022-08,7\n"


async def test_the_only_file_of_a_form_is_pushed_whatever_is_around_it(liangjiang: CampaignApi) -> None:
    plain = await liangjiang.send("telecom", TABLE, ".csv")
    for body in (
        form(("file", "月报.csv", TABLE)),
        b"\r\n" + form(("file", "a.csv", TABLE)),
        b"preamble\r\n" + form(("file", "a.csv", TABLE), end=b"--\r\nepilogue" * 9),
    ):
        pushed = await liangjiang.send("telecom", body, FORM)

        assert (pushed.status_code, pushed.json()["body_sha256"]) == (201, plain.json()["body_sha256"])


async def test_a_form_with_anything_but_one_file_is_refused_by_name(liangjiang: CampaignApi) -> None:
    for body, kind, status, text in (
        (form(("file", "a.csv", TABLE), ("month", None, b"2022-08")), FORM, 415, "'month'"),
        (form(("month", None, b"2022-08"), ("file", "a.csv", TABLE)), FORM, 415, "'month'"),
        (form(("first", "a.csv", TABLE), ("second", "b.csv", TABLE)), FORM, 415, "'first' and 'second'"),
        (form(("file", "a.csv", TABLE), end=b""), FORM, 400, "incomplete"),
        (form(("file", "a.csv", TABLE))[:70], FORM, 400, "incomplete"),
        (b"--lines" + b"x" * 20_000, FORM, 400, "malformed"),
        (form(), FORM, 400, "empty"),
        (form(("file", "a.csv", b"")), FORM, 400, "empty"),
        (form(("file", "a.csv", TABLE)), "multipart/form-data", 415, "boundary"),
    ):
        refused = await liangjiang.send("telecom", body, kind, **{"Accept-Language": "en"})

        assert (body, refused.status_code) == (body, status)
        assert text in refused.json()["detail"]
    assert (await liangjiang.get_ok("/v1/imports"))["total"] == 0


@pytest.mark.parametrize("size", [1, 7, 30, 1_000])
async def test_a_form_may_arrive_in_pieces_of_any_size(size: int) -> None:
    content = b"\r\n--line\r\n--lin-es --lines\r\n-\r" * 20
    body = form(("file", "a.csv", content))
    part = FilePart(FORM)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), size):
            yield body[start : start + size]

    assert b"".join([piece async for piece in part.content(pieces())]) == content
    assert part.content_type == "text/plain"


async def test_json_goes_to_rows_and_anything_else_to_files(liangjiang: CampaignApi) -> None:
    json_rows = orjson.dumps(rows([("fbb_subs_total", "liangjiang", 7)]))
    headers = liangjiang.headers("telecom") | {"Accept-Language": "en"}
    register = "/v1/registers/home_coverage"

    for path, media, body, told in (
        ("/v1/observations", "text/csv", TABLE, "send files to /v1/observations/files"),
        ("/v1/observations", FORM, form(("file", "a.csv", TABLE)), "send files to /v1/observations/files"),
        ("/v1/observations", "application/octet-stream", json_rows, "send files to /v1/observations/files"),
        ("/v1/observations/files", "application/json", json_rows, "Send JSON to /v1/observations."),
        ("/v1/observations/files", "application/octet-stream", json_rows, "Send JSON to /v1/observations."),
        ("/v1/observations/files", FORM, form(("file", "a.json", json_rows)), "Send JSON to /v1/observations."),
        (f"{register}/rows", "text/csv", TABLE, f"send files to {register}/files"),
        (f"{register}/files", "application/json", json_rows, f"Send JSON to {register}/rows."),
    ):
        refused = await liangjiang.api.post(path, content=body, headers=headers | {"Content-Type": media})
        assert (path, media, refused.status_code) == (path, media, 415)
        assert told in refused.json()["detail"]
    assert (await liangjiang.get_ok("/v1/imports"))["total"] == 0


async def test_the_bytes_decide_where_the_header_says_nothing(liangjiang: CampaignApi) -> None:
    first = await liangjiang.send("telecom", TABLE, ".csv")
    for header in ("application/vnd.ms-excel", "application/octet-stream", "text/plain"):
        again = await liangjiang.send("telecom", TABLE, header)
        assert (again.status_code, again.json()["body_sha256"]) == (201, first.json()["body_sha256"])
    refused = await liangjiang.send("telecom", b"PK\x03\x04", ".csv", **{"Accept-Language": "en"})

    assert (refused.status_code, refused.json()["detail"]) == (
        415,
        "Content-Type is text/csv, but the body is an Excel workbook (.xlsx); correct the header.",
    )


async def test_a_declared_charset_is_obeyed_or_refused(liangjiang: CampaignApi) -> None:
    chinese = TABLE.decode().replace("metric,area,month,value", "指标,区域,月份,数值")
    for encoding, charset, status in (
        ("gb18030", "gb18030", 201),
        ("gbk", "GBK", 201),
        ("utf-8", "utf-8", 201),
        ("utf-16", "utf-16", 201),
        ("utf-8", "gb18030", 400),
        ("gb18030", "utf-8", 400),
        ("utf-8", "us-ascii", 400),
        ("utf-8", "utf-16", 400),
    ):
        pushed = await liangjiang.send("telecom", chinese.encode(encoding), f"text/csv; charset={charset}")
        assert (encoding, charset, pushed.status_code) == (encoding, charset, status)


async def test_a_gzip_body_is_what_it_holds(liangjiang: CampaignApi) -> None:
    body = orjson.dumps(rows([("fbb_subs_total", "liangjiang", 7)]))
    plain = await liangjiang.send("telecom", body)
    members = gzip.compress(body[:20]) + gzip.compress(body[20:])

    for packed in (gzip.compress(body), members):
        again = await liangjiang.send("telecom", packed, **{"Content-Encoding": "gzip"})
        assert again.json()["body_sha256"] == plain.json()["body_sha256"]
        assert (again.status_code, again.json()["report"]["same_as"] is not None) == (201, True)


async def test_a_broken_or_other_encoding_is_refused(liangjiang: CampaignApi) -> None:
    whole = gzip.compress(orjson.dumps(rows([("fbb_subs_total", "liangjiang", 7)])))
    damaged = whole[:-8] + bytes(8)
    for body, encoding, status in (
        (b"{}", "gzip", 400),
        (whole[:-1], "gzip", 400),
        (damaged, "gzip", 400),
        (whole + b"more", "gzip", 400),
        (b"", "gzip", 400),
        (whole, "br", 415),
        (gzip.compress(whole), "gzip, gzip", 415),
        (gzip.compress(whole), "gzip", 400),  # once inflated it is no JSON
    ):
        refused = await liangjiang.send("telecom", body, **{"Content-Encoding": encoding})
        assert (body[:8], encoding, refused.status_code) == (body[:8], encoding, status)
    assert (await liangjiang.get_ok("/v1/imports"))["total"] == 0


async def test_a_bomb_is_refused_at_the_limit_without_being_inflated_whole(liangjiang: CampaignApi) -> None:
    bomb = gzip.compress(b" " * (64 << 20))
    spread = gzip.compress(secrets.token_hex(8 << 20).encode())

    refused = await liangjiang.send("telecom", bomb, ".ndjson", **{"Content-Encoding": "gzip"})
    too_large = await liangjiang.send("telecom", spread, **{"Content-Encoding": "gzip"})

    assert (refused.status_code, refused.json()["limit"]) == (413, 100)
    assert (too_large.status_code, too_large.json()["limit"]) == (413, 8 << 20)


@pytest.mark.parametrize(
    ("media", "body"),
    [
        (".ndjson", b"{}\n" * 100_000),  # 329 bytes
        (".ndjson", b"\n" * 20_000),
        (".json", b'{"observations":[' + b"{}," * 10_000 + b"{}]}"),
        (".csv", b"metric,area,month,value,note\n" + b"\t'" * 32_000 + b"\n"),
        (".xlsx", b"PK\x03\x04" + bytes(100_000)),
    ],
)
async def test_a_small_bomb_is_refused_from_its_first_bytes(liangjiang: CampaignApi, media: str, body: bytes) -> None:
    refused = await liangjiang.send("telecom", gzip.compress(body), media, **{"Content-Encoding": "gzip"})

    assert (refused.status_code, refused.json()["limit"]) == (413, 100)


async def test_no_more_of_a_bomb_is_received_or_inflated_than_needed_to_refuse_it() -> None:
    bomb = gzip.compress(bytes(10 << 20))
    received = 0

    async def receive() -> dict[str, Any]:
        nonlocal received
        piece = bomb[received : received + 20]
        received += len(piece)
        return {"type": "http.request", "body": piece, "more_body": True}

    request = Request({"type": "http", "headers": [(b"content-encoding", b"gzip")]}, receive)
    with pytest.raises(TooLarge) as refused:
        async with spool_body(request, 1 << 30, None):
            pass

    assert refused.value.members == SizeLimit(limit=100, unit=LimitUnit.TIMES)
    assert received < 200


async def test_a_body_over_the_limit_is_refused_announced_or_not(liangjiang: CampaignApi) -> None:
    async def chunks() -> Any:
        for _ in range(9):
            yield b" " * (1 << 20)

    announced = await liangjiang.send("telecom", b" " * ((8 << 20) + 1))
    headers = liangjiang.headers("telecom") | {"Content-Type": "application/json"}
    streamed = await liangjiang.api.post("/v1/observations", content=chunks(), headers=headers)

    for refused in (announced, streamed):
        assert (refused.status_code, refused.json()["code"], refused.json()["limit"]) == (413, "too_large", 8 << 20)


async def test_a_parameter_that_is_not_known_is_named(liangjiang: CampaignApi) -> None:
    headers = liangjiang.headers("telecom")
    refused = await liangjiang.api.post("/v1/observations?mod=atomic", json={"observations": []}, headers=headers)
    later = await liangjiang.api.post("/v1/observations?mode=some", json={"observations": []}, headers=headers)

    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "query.mod")
    assert (later.status_code, later.json()["errors"][0]["where"]) == (422, "query.mode")
