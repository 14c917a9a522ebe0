"""A strong tag stands for one answer: whoever asks, whatever is asked, in whatever form."""

from collections.abc import Iterator
from typing import Any

from tests.fixtures_campaign_api import CampaignApi
from tests.openapi_document import openapi_document
from tests.services.indicators.reports.practice import issue

FILES = openapi_document()
READERS = ("economy", "telecom", "mobile", "kangmei")
EXAMPLES = {"org": "telecom", "area": "500112022", "metric": "olt_pon_ports_10g", "number": 1, "version": 1, "as_of": 1}
INSTEAD = {"month": "2022-07", "from": "2022-07", "to": "2022-09", "since": "3"}
"""Of what every question names: another one."""
APART = {"next", *INSTEAD}


def questions(version: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every read of the published files that has a tag: plainly, and with each value of each parameter that they name."""
    for path, methods in FILES["paths"].items():
        operation = methods.get("get", {})
        known = {one["name"]: one for one in operation.get("parameters", []) if one["in"] != "header"}
        named = {name: EXAMPLES.get(name, one.get("example")) for name, one in known.items() if one["in"] == "path"}
        if "304" not in operation.get("responses", {}) or None in named.values():
            continue
        asked = {name: one["example"] for name, one in known.items() if one.get("required") and one["in"] == "query"}
        asked |= {"month": "2022-08"} if "month" in known else {}
        asked |= {"as_of": version} if "as_of" in known else {}
        yield path.format(**named), asked
        yield from ((path.format(**named), asked | {name: INSTEAD[name]}) for name in INSTEAD.keys() & asked.keys())
        for name, one in known.items():
            if one["in"] == "query" and name not in APART:
                yield from ((path.format(**named), asked | {name: value}) for value in _values(name, one))


def _values(name: str, parameter: dict[str, Any]) -> list[Any]:
    """Those of an enumeration, or one."""
    schema = parameter["schema"]
    schema = FILES["components"]["schemas"].get(schema.get("$ref", "").rsplit("/", 1)[-1], schema)
    return schema.get("enum") or [schema.get("minimum") or EXAMPLES.get(name, parameter.get("example"))]


async def test_no_tag_stands_for_two_answers(liangjiang: CampaignApi) -> None:
    for month in ("2022-05", "2022-06", "2022-07", "2022-08"):
        await liangjiang.samples(month, "telecom", "mobile", "economy")
    reported = (await issue(liangjiang)).json()["data_version"]
    answers: dict[str, bytes] = {}

    for path, parameters in questions(reported):
        for reader in READERS:
            answer = await liangjiang.get(path, reader, **parameters)
            if answer.status_code == 200 and "ETag" in answer.headers:
                known = answers.setdefault(answer.headers["ETag"], answer.content)
                assert known == answer.content, (path, parameters, reader)

    assert len(answers) > 150
