"""`GET /v1/observations`: the counts behind the figures, in pages and as whole tables."""

import asyncio
import csv
import io
import json
import tracemalloc
from collections.abc import Callable
from typing import Any, NamedTuple

import psycopg
import pytest
from httpx import ASGITransport, Response

from services.ingest.observations import reader
from services.ingest.observations.rendering import COUNT_COLUMNS
from tests.fixtures_campaign_api import CampaignApi

Row = dict[str, Any]
KANGMEI, RENHE = "500112022", "500112009"
PORTS = "olt_pon_ports_total"


def _csv(answer: Response) -> list[Row]:
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


NDJSON = "/v1/observations/observations.ndjson"


def _ndjson(answer: Response) -> list[Row]:
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.content.splitlines()]


async def _walked(
    practice: CampaignApi, between: Callable[[], Any] | None = None, reader: str = "economy", **question: Any
) -> list[Row]:
    page = await practice.get_ok("/v1/observations", reader, **question)
    rows, total, version = page["items"], page["total"], page["data_version"]
    while page["next"]:
        if between:
            await between()
        page = await practice.get_ok("/v1/observations", reader, **question, next=page["next"])
        assert (page["total"], page["data_version"]) == (total, version)
        rows += page["items"]
    assert len(rows) == total
    return list(rows)


async def test_pages_and_tables_hold_every_count_once_with_its_push(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-07")
    await liangjiang.samples("2022-08")
    pushed = await liangjiang.push_ok("telecom", [("ipv6_users", "liangjiang", 7)], "2022-08")
    await liangjiang.make_moves("mobile", "submit")
    listed = [
        row
        for org in ("telecom", "mobile", "unicom", "tower", "economy")
        for row in (await liangjiang.get_ok("/v1/observations", org=org, limit=500))["items"]
    ]

    whole = await liangjiang.get_ok("/v1/observations", limit=500)
    walked = await _walked(liangjiang, limit=77)
    table, lines = (
        _csv(await liangjiang.get("/v1/observations", format="csv")),
        _ndjson(await liangjiang.get(NDJSON)),
    )

    assert walked == await _walked(liangjiang, limit=500)
    key = ("org", "month", "metric", "area", "value")
    assert sorted([row[each] for each in key] for row in walked) == sorted([row[each] for each in key] for row in listed)
    version = whole["data_version"]
    assert lines == [{"campaign": liangjiang.campaign, "as_of": version, **row} for row in walked]
    assert [tuple(row) for row in table[:1]] == [COUNT_COLUMNS]
    assert [[row[each] for each in key] for row in table] == [[str(row[each]) for each in key] for row in walked]
    (changed,) = (row for row in walked if row["import_id"] == pushed["id"])
    assert (changed["metric"], changed["value"], changed["data_version"]) == ("ipv6_users", 7, pushed["data_version"])
    assert {row["submission"] for row in walked if (row["org"], row["month"]) == ("mobile", "2022-08")} == {"submitted"}
    (row,) = (row for row in table if row["import_id"] == pushed["id"])
    assert (row["org_zh"], row["metric_zh"], row["area_en"], row["unit_zh"]) == (
        "电信两江新区分公司",
        "IPv6用户数",
        "Liangjiang New Area",
        "户",
    )


async def test_filters_narrow_and_refuse_what_is_not_there(liangjiang: CampaignApi) -> None:
    for month in ("2022-06", "2022-07", "2022-08"):
        await liangjiang.push_ok("telecom", [(PORTS, KANGMEI, 8), (PORTS, RENHE, 9), ("fbb_subs_total", "liangjiang", 7)], month)
        await liangjiang.push_ok("mobile", [(PORTS, KANGMEI, 5)], month)

    async def found(**question: Any) -> list[tuple[str, str, str, str]]:
        return [
            (row["org"], row["month"][5:], row["metric"], row["area"]) for row in await _walked(liangjiang, limit=2, **question)
        ]

    ports = [("telecom", month, PORTS, KANGMEI) for month in ("07", "08")]
    assert await found(**{"from": "2022-07"}, org="telecom", metric=PORTS, area=KANGMEI) == ports
    assert await found(month="2022-06", metric="fbb_subs_total") == [("telecom", "06", "fbb_subs_total", "liangjiang")]
    assert len(await found(to="2022-07")) == 8
    assert await found(org="*") == []
    for question, code in (
        ({"org": "mobil"}, "unknown_org"),
        ({"metric": "x"}, "unknown_metric"),
        ({"area": "x"}, "unknown_area"),
        ({"month": "2022-08", "from": "2022-07"}, "invalid_combination"),
        ({"from": "2022-08", "to": "2022-05"}, "invalid_combination"),
        ({"format": "csv", "limit": "5"}, "json_only"),
        ({"next": "AAAA"}, "invalid_cursor"),
        ({"format": "xml"}, "unknown_value"),
    ):
        refused = await liangjiang.get("/v1/observations", **question)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)


async def test_what_is_pushed_meanwhile_moves_neither_pages_nor_tables(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    await liangjiang.samples("2022-08")
    version = (await liangjiang.get_ok("/v1/observations"))["data_version"]
    tables: tuple[tuple[str, dict[str, Any]], ...] = (("/v1/observations", {"format": "csv"}), (NDJSON, {}))
    before = [(await liangjiang.get(path, **form)).content for path, form in tables]
    number = iter(range(1, 1_000))

    async def push() -> None:
        value = next(number)
        await liangjiang.push_ok("tower", [("tower_sites_total", KANGMEI, 900 + value)])

    walked = await _walked(liangjiang, push, limit=100, month="2022-08")
    assert walked == await _walked(liangjiang, month="2022-08", as_of=version)
    assert walked != await _walked(liangjiang, month="2022-08")

    monkeypatch.setattr(reader, "PAGE_ROWS", 50)
    read_on = reader.CountReader.read_page

    async def pushing(self: reader.CountReader, *place: Any) -> list[reader.CountRecord]:
        await push()
        return await read_on(self, *place)

    with monkeypatch.context() as patch:
        patch.setattr(reader.CountReader, "read_page", pushing)
        during = [(await liangjiang.get(path, **form, as_of=version)).content for path, form in tables]
        newest = (await liangjiang.get("/v1/observations", format="csv")).content
    began = newest.split(b"\r\n")[1].split(b",")[1].decode()

    assert during == before
    assert newest == (await liangjiang.get("/v1/observations", format="csv", as_of=began)).content


async def test_reporters_read_their_own_their_street_and_references_and_do_not_look_back(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")
    row = {"metric": PORTS, "area": KANGMEI, "month": "2022-08", "value": 9_999, "note": "扩容"}
    await liangjiang.api.post("/v1/observations", json={"observations": [row]}, headers=liangjiang.headers("telecom"))
    every = await _walked(liangjiang, limit=500)
    references = {"households_urban", "population_resident", "key_places_listed"}

    telecom = await _walked(liangjiang, reader="telecom", limit=500)
    kangmei = _ndjson(await liangjiang.get(NDJSON, "kangmei"))

    assert telecom == [row for row in every if row["org"] == "telecom" or row["metric"] in references]
    assert {row["org"] for row in telecom} == {"economy", "telecom"}
    assert {row["note"] for row in telecom if row["value"] == 9_999} == {"扩容"}
    assert [row["value"] for row in kangmei] == [row["value"] for row in every if row["area"] == KANGMEI]
    assert {row["note"] for row in kangmei if row["metric"] == PORTS} == {None}
    for question, status in (({"org": "mobile"}, 403), ({"as_of": "3"}, 403), ({"org": "economy"}, 200)):
        assert (await liangjiang.get("/v1/observations", "telecom", **question)).status_code == status
    assert (await liangjiang.get("/v1/observations", "leading_group")).status_code in (401, 403)
    first = await liangjiang.get_ok("/v1/observations", "telecom", limit=5)
    await liangjiang.push_ok("telecom", [("ipv6_users", "liangjiang", 1)])
    second = await liangjiang.get_ok("/v1/observations", "telecom", limit=5, next=first["next"])
    assert second["data_version"] == first["data_version"] + 1


async def test_the_form_follows_accept_and_the_tag_the_form(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(PORTS, KANGMEI, 8)])
    headers, seen = liangjiang.headers("economy"), set()
    for accept, media in (
        ("*/*", "application/json"),
        ("text/html, */*;q=0.8", "application/json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/json;q=0.5, text/*", "text/csv; charset=utf-8"),
        ("application/x-ndjson, application/json;q=0.9", "application/json"),
    ):
        answer = await liangjiang.api.get("/v1/observations", headers=headers | {"Accept": accept})
        again = await liangjiang.api.get(
            "/v1/observations", headers=headers | {"Accept": accept, "If-None-Match": answer.headers["ETag"]}
        )
        assert (accept, answer.headers["Content-Type"]) == (accept, media)
        assert (again.status_code, "Accept" in answer.headers["Vary"]) == (304, True)
        seen.add((media, answer.headers["ETag"]))
        assert ("attachment" in answer.headers.get("Content-Disposition", "")) == (media != "application/json")
    assert len(seen) == 2
    refused = await liangjiang.api.get("/v1/observations", headers=headers | {"Accept": "application/xml"})
    assert (refused.status_code, refused.json()["code"]) == (406, "not_acceptable")


async def test_a_note_starts_no_formula_in_the_csv(liangjiang: CampaignApi) -> None:
    body = {"observations": [{"metric": PORTS, "area": KANGMEI, "month": "2022-08", "value": 8, "note": '=1+1,"x";@A1'}]}
    await liangjiang.api.post("/v1/observations", json=body, headers=liangjiang.headers("telecom"))

    (row,) = _csv(await liangjiang.get("/v1/observations", format="csv"))
    (line,) = _ndjson(await liangjiang.get(NDJSON))

    assert (row["note"][:2], line["note"]) == ("'=", '=1+1,"x";@A1')


async def test_a_long_table_is_sent_in_pieces_and_never_held(liangjiang: CampaignApi) -> None:
    pushed = await liangjiang.push_ok("telecom", [(PORTS, KANGMEI, 1)])
    rows = 30_000
    async with await psycopg.AsyncConnection.connect(liangjiang.owner, autocommit=True) as owner, owner.transaction():
        await owner.execute("SELECT gigacity_begin(%s, 'telecom', 'own')", [liangjiang.campaign])
        await owner.execute(
            """
            INSERT INTO observation (campaign, org, month, metric, area, value, version)
            SELECT %s, 'telecom', date '1000-01-01' + n * interval '1 month', 1, 1, n, %s FROM generate_series(1, %s) n
            """,
            [liangjiang.campaign, pushed["data_version"], rows],
        )
    assert (await liangjiang.get_ok("/v1/observations", limit=1))["total"] == rows + 1  # and the definition is read
    pieces = await _pieces(liangjiang, NDJSON, "")

    assert sum(pieces.sizes) > 8 << 20
    assert max(pieces.sizes) < 1 << 20
    assert pieces.peak < 4 << 20


class _Pieces(NamedTuple):
    sizes: list[int]
    peak: int  # of the memory that was held meanwhile


async def _pieces(practice: CampaignApi, path: str, query: str) -> _Pieces:
    """Ask as a server would, so that no transport gathers the answer."""
    transport = practice.api._transport
    assert isinstance(transport, ASGITransport)
    headers = [(name.lower().encode(), value.encode()) for name, value in practice.headers("economy").items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers}
    sizes: list[int] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sizes.append(len(message.get("body", b"")))

    tracemalloc.start()
    try:
        await transport.app(scope | {"root_path": "", "client": ("test", 1), "scheme": "http"}, receive, send)
        return _Pieces(sizes, tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
