"""The commands in docs/carriers.md run unchanged against a real process, with the outputs that the page shows."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import httpx

from services.ingest.push.sizes import PLACES
from shared.http.spool import RATIO_MAX
from shared.problems import all_problems
from shared.settings import Settings
from tests.cli.relay import losing
from tests.fixtures_served import Served
from tests.pages import SEPARATOR, Example, assert_outputs, examples_of, run_code

PAGE = Path(__file__).parent.parent / "docs" / "carriers.md"


def test_the_commands_answer_as_the_page_says(served: Served, tmp_path: Path) -> None:
    examples = [example for example in examples_of(PAGE) if example.language == "sh"]
    code = "".join(f"{example.code}\necho; echo '{SEPARATOR}'\n" for example in examples)

    assert_outputs(examples, run_code(["bash", "-euo", "pipefail", "-c"], code, served.environment(), tmp_path))

    assert len(examples) == 5
    assert (tmp_path / "token.header").stat().st_mode & 0o777 == 0o600


def test_the_program_answers_as_the_page_says_though_an_answer_is_lost(served: Served, tmp_path: Path) -> None:
    client, *examples = [example for example in examples_of(PAGE) if example.language == "python"]
    examples, answers = [client, *examples[:-2]], [replace(client, code=f"{client.code}\nrenew_token()"), *examples[-2:]]

    with losing(served.address, b"POST /v1/observations", lose=1) as relay:
        output = run_code([sys.executable, "-c"], program(examples), served.environment(address=relay.address), tmp_path)
        assert_outputs(examples, output)
    _challenge(served)
    assert_outputs(answers, run_code([sys.executable, "-c"], program(answers), served.environment(), tmp_path))

    assert (len(examples), len(answers)) == (6, 3)
    assert relay.lost == 1


def program(examples: list[Example]) -> str:
    """Return a program that runs the examples."""
    return "".join(f"{example.code}\nprint({SEPARATOR!r})\n" for example in examples)


def _challenge(served: Served) -> None:
    """Accept telecom's month and challenge one of its counts, as a bureau."""
    with httpx.Client(base_url=served.address, trust_env=False) as api:
        token = api.post("/oauth2/token", data={"grant_type": "client_credentials"}, auth=served.clients["economy"])
        api.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
        month = "/v1/submissions/telecom/2022-08"
        tag = {"If-Match": api.get(month).headers["ETag"]}
        accepted = api.post(f"{month}/moves", json={"move": "accept"}, headers=tag)
        count = {"org": "telecom", "metric": "fbb_subs_total", "area": "liangjiang", "month": "2022-08", "value": 812345}
        version = api.get("/v1/version").json()["data_version"]
        challenge = {**count, "data_version": version, "reason": "高于通信管理局掌握的数据"}
        opened = api.post("/v1/challenges", json=challenge)
        assert (accepted.status_code, opened.status_code) == (200, 201), opened.text


def test_every_status_of_a_push_stands_on_the_page_and_every_code_exists() -> None:
    rows = re.findall(r"^\| ([\d, ]+) \| ([`\w, ]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {
        (code, status) for statuses, codes in rows for code in re.findall(r"`(\w+)`", codes) for status in statuses.split(", ")
    }
    known = {(problem.code(), str(problem.status)) for problem in all_problems()}
    files = json.loads((PAGE.parents[1] / "openapi" / "ingest.json").read_text(encoding="utf-8"))

    assert {code for code, _ in told} == {code for code, _ in told & known}
    answers = files["paths"]["/v1/observations"]["post"]["responses"]
    declared = {
        (code, status)
        for status, answer in answers.items()
        if status != "default"
        for code in re.findall(r"`(\w+)`: ", answer["description"])
    }
    assert len(declared) > 10
    assert declared <= told


def test_the_limits_of_the_page_are_the_usual_ones() -> None:
    page, usual = PAGE.read_text(encoding="utf-8"), Settings()
    bulk = f"{usual.bulk_max_bytes >> 30} GiB, " + f"{usual.bulk_max_rows:,} rows".replace(",", " ")

    limits = dict(re.findall(r"^\| (JSON|NDJSON|CSV|XLSX)[^|]* \| `[^`]+` \| ([^|]+) \|", page, re.MULTILINE))
    assert limits == {
        "JSON": f"{usual.json_max_bytes >> 20} MiB",
        "NDJSON": bulk,
        "CSV": bulk,
        "XLSX": f"{usual.xlsx_max_bytes >> 20} MiB, {usual.xlsx_max_inflated_bytes >> 20} MiB unpacked",
    }
    assert (PLACES, "At most two large pushes run at once" in page) == (2, True)
    assert (RATIO_MAX, "at most a hundred times its compressed size" in page) == (100, True)
