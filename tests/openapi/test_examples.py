"""Every answer of the OpenAPI files has an example, and every example is what the demo answers now.

With GIGACITY_RECORD_EXAMPLES=1 the answers of this run become the examples: `make examples`.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
from rich.console import Console

from cli.demo.demo_client import DemoClient
from cli.demo.demo_clock import TODAY, DemoClock
from cli.demo.run import fill, set_up_campaigns
from cli.server.applications import all_services
from cli.server.serving import base_url, listen, serving
from openapi.recorded import FILE
from shared.problems import CODES, MEDIA_TYPE
from shared.settings import Settings
from tests.fixtures_postgres import Server
from tests.openapi.examples.attachments import attach_everything
from tests.openapi.examples.reads import find_ids, read_everything, read_filled_lists
from tests.openapi.examples.recorder import FORM, TEXTS, Json, Recorder, operations, schema_faults
from tests.openapi.examples.refusals import refuse_everything
from tests.openapi.examples.writes import write_everything
from tests.openapi_document import openapi_document

RECORDS: Final = bool(os.environ.get("GIGACITY_RECORD_EXAMPLES"))
HOW: Final = (
    "record the examples with `make examples`; an operation that changes something needs a request in"
    " tests/openapi/examples/writes.py, a problem one in tests/openapi/examples/refusals.py"
)
WHOLE: Final[Json] = openapi_document()
WITHOUT_BODY_EXAMPLES: Final = {"move_submission"}  # it needs the hash of counts


@pytest.fixture(scope="module")
def office(server: Server, migrated: str, session_settings: Settings) -> Iterator[Recorder]:
    """The demo with its sample data, on a database of its own."""
    clock = DemoClock()
    with server.database(migrated) as urls, listen("127.0.0.1", 0) as listener:
        settings, address = urls.fill(session_settings), base_url(listener)
        _, clients = asyncio.run(set_up_campaigns(urls, clock))
        with (
            serving(all_services(settings, clock), listener, settings),
            DemoClient(address, clients) as client,
            httpx.Client(base_url=address, timeout=30, trust_env=False) as http,
        ):
            fill(client, Console(quiet=True), clock)
            yield Recorder(client, http, urls)


@pytest.fixture(scope="module")
def impatient(office: Recorder, session_settings: Settings) -> Iterator[httpx.Client]:
    """Services on the same database that wait two seconds for a body, and take one request of a client at a time."""
    limits = {"body_patience_s": 2, "client_requests_max": 1}
    settings = office.urls.fill(session_settings).model_copy(update=limits)
    with (
        listen("127.0.0.1", 0) as listener,
        serving(all_services(settings, DemoClock(TODAY)), listener, settings),
        httpx.Client(base_url=base_url(listener), timeout=30, trust_env=False) as http,
    ):
        yield http


@pytest.fixture(scope="module")
def examples(office: Recorder, impatient: httpx.Client) -> Json:
    """The examples of this run, which is every request in turn."""
    find_ids(office)
    read_everything(office)
    write_everything(office)
    read_filled_lists(office)
    refuse_everything(office, impatient)
    attach_everything(office)
    if RECORDS:
        FILE.write_text(json.dumps(office.examples, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return office.examples


def differences(before: Any, now: Any, place: str = "") -> Iterator[str]:
    """Yield the places in which two examples differ."""
    if isinstance(before, dict) and isinstance(now, dict):
        for name in sorted(before.keys() | now.keys()):
            yield from differences(before.get(name, "nothing"), now.get(name, "nothing"), f"{place}/{name}")
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for number, (old, new) in enumerate(zip(before, now, strict=True)):
            yield from differences(old, new, f"{place}/{number}")
    elif before != now:
        yield f"{place}: {str(before)[:200]} is now {str(now)[:200]}"


def test_the_recorded_examples_are_the_answers_of_this_run(examples: Json) -> None:
    assert list(differences(json.loads(FILE.read_text(encoding="utf-8")), examples)) == [], HOW


def test_every_example_of_a_request_was_sent_and_taken(examples: Json, office: Recorder) -> None:
    shown = [(operation.id, body) for operation in operations().values() for _, body in operation.bodies]

    assert examples
    assert [one for one in shown if one not in office.bodies] == [], HOW


def described() -> Iterator[tuple[str, str, Json]]:
    """Yield method, path and description of each operation in the file."""
    for path, methods in WHOLE["paths"].items():
        yield from ((method, path, operation) for method, operation in methods.items())


def test_every_answer_has_an_example() -> None:
    lacking = []
    for _, _, operation in described():
        for status, response in operation["responses"].items():
            for media, body in response.get("content", {}).items():
                place = f"{operation['operationId']} {status} {media}"
                if media == MEDIA_TYPE:
                    lacking += [f"{place} {code}" for code in response[CODES] if code not in body["examples"]]
                elif media in TEXTS and "example" not in body:
                    lacking.append(place)

    assert lacking == [], HOW


def test_every_example_has_the_promised_shape() -> None:
    """Shortened as it is; the whole answers of the run are compared as they come."""
    faults, shared = [], WHOLE["components"]["examples"]
    for _, _, operation in described():
        for status, response in operation["responses"].items():
            for media, body in response.get("content", {}).items():
                named = [one if "value" in one else shared[code] for code, one in body.get("examples", {}).items()]
                for example in [{"value": body["example"]}] if "example" in body else named:
                    place = f"{operation['operationId']} {status} {media}"
                    faults += [f"{place}: {fault}" for fault in schema_faults(body["schema"], example["value"])]

    assert faults == []


def test_the_pages_fill_in_every_required_parameter_of_a_read() -> None:
    lacking = [
        f"{operation['operationId']} {parameter['name']}"
        for method, _, operation in described()
        for parameter in operation.get("parameters", [])
        if method == "get" and parameter.get("required") and "example" not in parameter
    ]

    assert lacking == []


def test_every_body_of_json_shows_an_example() -> None:
    lacking = {
        operation.id
        for operation in operations().values()
        if operation.document.get("requestBody", {}).get("content", {}).keys() & {"application/json", FORM}
        and not operation.bodies
    }

    assert lacking == WITHOUT_BODY_EXAMPLES
