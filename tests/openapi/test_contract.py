"""Responses to generated requests, valid and invalid, of each role agree with the OpenAPI files.

Each operation is called by one role, once with a valid and once with an invalid request. `make contract` calls it by every role,
with as many requests as `GIGACITY_CONTRACT_EXAMPLES` says.
"""

import copy
import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi
from tests.openapi_document import openapi_document

LONG = os.environ.get("GIGACITY_CONTRACT_EXAMPLES")
EXAMPLES = int(LONG or 1)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
CHECKS_OF_REFUSED_SIZES = [check for check in CHECKS if check is not negative_data_rejection]
"""That check does not know that 413 refuses a request, as the operation declares."""
AnyCase = Case[Any]
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[^\",]+")
CATALOGUE = "/v1/catalogue"  # examples of values in registers, as they are pushed
ONE_FORM = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
CALLERS = {Role.BUREAU: "economy", Role.CARRIER: "telecom", Role.STREET: "kangmei", Role.TASK_FORCE: "industry"}


def document() -> dict[str, Any]:
    """The OpenAPI document of all services, with the method HEAD and the token endpoint left out."""
    whole = copy.deepcopy(openapi_document())
    del whole["paths"]["/oauth2/token"]  # its errors count towards the limit of wrong secrets
    return whole


SCHEMA = schemathesis.openapi.from_dict(document())


def cases(role: Role) -> Iterator[AnyCase]:
    """Generate requests for the operations of a role, valid ones and invalid ones."""
    for result in SCHEMA.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]  # the document is valid: another test writes the files
        roles = [caller for caller in CALLERS if caller.value in operation.definition.raw.get("x-roles", CALLERS)]
        if role in (roles if LONG else roles[:1]):
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                yield from generated(operation, mode)


def generated(operation: Any, mode: GenerationMode) -> list[AnyCase]:
    """Generate requests for one operation, the same ones in each run."""
    found: list[AnyCase] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def collect(case: AnyCase) -> None:
        found.append(case)

    with suppress(Unsatisfiable):  # an operation without parameters has no invalid request
        collect()
    return found


async def sent(liangjiang: CampaignApi, case: AnyCase, headers: dict[str, str]) -> httpx.Response:
    """Send a generated request as a caller."""
    prepared = requests.Request(**case.as_transport_kwargs(base_url="http://localhost:8000")).prepare()
    kept = {name: str(value) for name, value in prepared.headers.items() if name.lower() != "authorization"}
    body = prepared.body if isinstance(prepared.body, str | bytes | None) else None
    request = httpx.Request(str(prepared.method), str(prepared.url), headers={**kept, **headers}, content=body)
    return await liangjiang.api.send(request)


@pytest.mark.parametrize("role", CALLERS)
async def test_the_answers_to_generated_requests_are_those_of_the_files(liangjiang: CampaignApi, role: Role) -> None:
    await liangjiang.samples("2022-08")
    failures, statuses = [], Counter[int]()

    for case in cases(role):
        answer = await sent(liangjiang, case, liangjiang.headers(CALLERS[role], role))
        statuses[answer.status_code] += 1
        if not case.path.startswith(CATALOGUE):
            other = [text for text in INSTANT.findall(answer.text) if not ONE_FORM.fullmatch(text)]
            failures += [f"{case.method} {case.formatted_path}: {other}"] if other and answer.is_success else []
        try:
            case.validate_response(answer, checks=CHECKS_OF_REFUSED_SIZES if answer.status_code == 413 else CHECKS)
        except FailureGroup as group:
            failures += [f"{case.method} {case.formatted_path}: {answer.status_code} {failure}" for failure in group.exceptions]

    assert statuses[200] > 0 or not LONG
    assert 401 not in statuses
    assert not failures, "\n".join(failures)
