"""The program in docs/frontends.md compiles with generated types, and prints what the page shows."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from shared.vocabulary import Role
from tests.clients.generators import GIGACITY, NODE, PROJECT, run
from tests.clients.typescript import compile_strictly, prepare
from tests.fixtures_campaign import LIANGJIANG, Campaigns
from tests.pages import SEPARATOR, assert_outputs, examples_of

PAGE = PROJECT / "docs" / "frontends.md"


@pytest.fixture
def environment(sampled_address: str, campaigns: Campaigns) -> dict[str, str]:
    """The address, and the clients of a carrier and a bureau."""
    clients = {
        "TELECOM": campaigns.clients[LIANGJIANG, "telecom", Role.CARRIER],
        "ECONOMY": campaigns.clients[LIANGJIANG, "economy", Role.BUREAU],
    }
    ids = {f"{org}_ID": client.client_id for org, client in clients.items()}
    secrets = {f"{org}_SECRET": client.secret for org, client in clients.items()}
    return {"GIGACITY_SERVER": sampled_address, **ids, **secrets}


def test_the_program_answers_as_the_page_says(environment: dict[str, str], tmp_path: Path) -> None:
    examples = [example for example in examples_of(PAGE) if example.language == "typescript"]
    program = "".join(f"{example.code}\nconsole.log({SEPARATOR!r});\n" for example in examples)
    (prepare(tmp_path) / "program.ts").write_text(program, encoding="utf-8")
    run(NODE / "openapi-typescript", GIGACITY, "--output", "gigacity.ts", folder=tmp_path)

    compile_strictly(tmp_path)
    output = subprocess.run(
        [str(shutil.which("node")), "program.js"],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert output.returncode == 0, output.stdout + output.stderr
    assert_outputs(examples, output.stdout)
    assert len(examples) == 11


def test_every_call_of_a_screen_exists() -> None:
    paths = json.loads(GIGACITY.read_text(encoding="utf-8"))["paths"]
    calls = re.findall(r"`(GET|PATCH|POST|PUT) (/v1/[^`?]+)", PAGE.read_text(encoding="utf-8"))

    assert len(calls) > 20
    assert [call for call in calls if call[0].lower() not in paths.get(call[1], {})] == []
