"""The limits in the catalogue are those that hold: what is as large as one is read, and what is larger by one is refused."""

import io
import json
import zipfile
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from httpx import Response

from shared.settings import Settings
from shared.values import media_types
from tests.fixtures_campaign_api import CampaignApi

ROW = {"metric": "olt_pon_ports_total", "area": "500112022", "month": "2022-08", "value": 1}
HEADER = ("metric", "area", "month", "value")
SMALL = {
    "json_max_bytes": 3_000,
    "bulk_max_bytes": 4_000,
    "bulk_max_rows": 20,
    "xlsx_max_bytes": 12_000,
    "xlsx_max_inflated_bytes": 40_000,
}


@pytest.fixture
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """Settings of an installation with the limits that a test names."""
    return settings.model_copy(update=getattr(request, "param", {}))


async def push(practice: CampaignApi, body: bytes, media: str) -> tuple[int, object]:
    """Try a push; return the status, and the limit that it exceeds."""
    path = "/v1/observations" if media == media_types.JSON else "/v1/observations/files"
    headers = practice.headers("telecom") | {"Content-Type": media}
    return outcome(await practice.api.post(path, params={"dry_run": True}, content=body, headers=headers))


def outcome(answer: Response) -> tuple[int, object]:
    return answer.status_code, answer.json().get("limit")


def workbook(size: int, *, inflated: bool = False) -> bytes:
    """Return a workbook with one row, as long as `size` or with contents as long as that."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, ROW.values())
    length = len(out.getvalue())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        if inflated:
            archive.writestr("docProps/padding.txt", b" " * (size - sum(part.file_size for part in archive.infolist())))
        else:
            archive.comment = b" " * (size - length)
    return out.getvalue()


@pytest.mark.parametrize("settings", [SMALL], indirect=True)
async def test_bodies_are_as_large_as_the_catalogue_says(liangjiang: CampaignApi) -> None:
    catalogue = await liangjiang.get_ok("/v1/catalogue")
    limits = catalogue["limits"]
    assert {name: limits[name] for name in SMALL} == SMALL
    assert {register["max_rows"] for register in catalogue["registers"]} == {limits["bulk_max_rows"]}
    observations, line = json.dumps({"observations": [ROW]}).encode(), json.dumps(ROW).encode()
    table = ",".join(HEADER) + "\n"

    def rows(number: int) -> bytes:
        return (table + "olt_pon_ports_total,500112022,2022-08,1\n" * number).encode()

    bodies: dict[str, tuple[str, Callable[[int], bytes]]] = {
        "json_max_bytes": (media_types.JSON, observations.ljust),
        "bulk_max_bytes": (media_types.NDJSON, line.ljust),
        "bulk_max_rows": (media_types.CSV, rows),
        "xlsx_max_bytes": (media_types.XLSX, workbook),
        "xlsx_max_inflated_bytes": (media_types.XLSX, partial(workbook, inflated=True)),
    }
    for name, (media, body) in bodies.items():
        limit = limits[name]
        assert (name, await push(liangjiang, body(limit), media)) == (name, (200, None))
        assert (name, await push(liangjiang, body(limit + 1), media)) == (name, (413, limit))
    what_if = json.dumps({"month": "2022-08", "approved_cases": 1}).encode()
    limit = limits["document_max_bytes"]
    assert await ask(liangjiang, what_if.ljust(limit)) == (200, None)
    assert await ask(liangjiang, what_if.ljust(limit + 1)) == (413, limit)


async def ask(practice: CampaignApi, body: bytes) -> tuple[int, object]:
    """Send a document; return the status, and the limit that it exceeds."""
    headers = practice.headers("economy") | {"Content-Type": media_types.JSON}
    return outcome(await practice.api.post("/v1/what-if", content=body, headers=headers))


def nested(levels: int) -> dict[str, Any]:
    """Return an object in as many levels as there may be."""
    value: dict[str, Any] = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


def keys(number: int) -> dict[str, Any]:
    """Return an object with as many keys in all its parts."""
    parts, rest = divmod(number, 501)
    filled = [(f"b{part}", dict.fromkeys(map(str, range(500)), 1)) for part in range(parts)]
    return dict(filled) | dict.fromkeys((f"c{index}" for index in range(rest)), 1)


async def test_documents_and_queries_are_as_complex_as_the_catalogue_says(liangjiang: CampaignApi) -> None:
    limits = (await liangjiang.get_ok("/v1/catalogue"))["limits"]
    headers = liangjiang.headers("economy")

    async def document(definition: dict[str, Any]) -> str:
        """Return the text of the refusal: no such definition is valid, but it is read to its end within the limits."""
        body = {"month": "2022-08", "definition": definition}
        answer = await liangjiang.api.post("/v1/definitions/trials", json=body, headers=headers | {"Accept-Language": "en"})
        assert answer.status_code in (400, 422)
        return f"{answer.json()['detail']} {answer.json()['errors']}"

    levels, every, each = (limits[name] for name in ("json_max_depth", "document_max_keys", "object_max_keys"))
    for text, within, beyond in (
        (f"nested deeper than {levels} levels", nested(levels - 1), nested(levels)),  # the body is a level itself
        (f"at most {every} keys", keys(every - 2), keys(every - 1)),  # month and definition are keys too
        (f"{each}", dict.fromkeys(map(str, range(each)), 1), dict.fromkeys(map(str, range(each + 1)), 1)),
    ):
        assert (text, text in await document(within)) == (text, False)
        assert text in await document(beyond)

    parameters = limits["query_max_parameters"]
    for number, errors in ((parameters, parameters), (parameters + 1, 0)):
        answer = await liangjiang.get("/v1/version", **{f"x{index}": 1 for index in range(number)})
        assert (answer.status_code, len(answer.json()["errors"])) == (422, errors)
    for number, status in ((limits["page_max_items"], 200), (limits["page_max_items"] + 1, 422)):
        assert (await liangjiang.get("/v1/observations", limit=number)).status_code == status
    for value, status in ((limits["count_max"], 201), (limits["count_max"] + 1, 422)):
        assert (await liangjiang.push("telecom", [("fbb_subs_total", "liangjiang", value)])).status_code == status
