"""Bodies that are refused as a whole."""

from typing import Any

from tests.fixtures_practice import Practice

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


async def test_a_body_that_cannot_be_read_is_refused_before_anything_is_recorded(liangjiang: Practice) -> None:
    for body, media, status, code in UNREADABLE:
        refused = await liangjiang.send("telecom", body, media)

        assert (body, refused.status_code, refused.json()["code"]) == (body, status, code)
        assert refused.headers["Content-Type"] == "application/problem+json"

    assert (await liangjiang.got("/v1/imports"))["total"] == 0


async def test_a_compressed_body_is_refused(liangjiang: Practice) -> None:
    refused = await liangjiang.send("telecom", b"{}", **{"Content-Encoding": "gzip"})

    assert (refused.status_code, refused.json()["code"]) == (415, "media_type")


async def test_a_body_over_the_limit_is_refused_announced_or_not(liangjiang: Practice) -> None:
    async def chunks() -> Any:
        for _ in range(9):
            yield b" " * (1 << 20)

    announced = await liangjiang.send("telecom", b" " * ((8 << 20) + 1))
    headers = liangjiang.headers("telecom") | {"Content-Type": "application/json"}
    streamed = await liangjiang.api.post("/v1/observations", content=chunks(), headers=headers)

    for refused in (announced, streamed):
        assert (refused.status_code, refused.json()["code"], refused.json()["limit_bytes"]) == (413, "too_large", 8 << 20)


async def test_a_parameter_that_is_not_known_is_named(liangjiang: Practice) -> None:
    headers = liangjiang.headers("telecom")
    refused = await liangjiang.api.post("/v1/observations?mod=atomic", json={"observations": []}, headers=headers)
    later = await liangjiang.api.post("/v1/observations?mode=some", json={"observations": []}, headers=headers)

    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "query.mod")
    assert (later.status_code, later.json()["errors"][0]["where"]) == (422, "query.mode")
