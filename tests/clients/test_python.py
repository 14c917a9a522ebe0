"""openapi-python-client makes a package from the OpenAPI file without a warning, and mypy finds no error in it."""

import json
import sys
from pathlib import Path

from tests.clients.generators import CLIENTS, GIGACITY, PYTHON, run

CHECKED = ("--config-file", "mypy.ini", "--python-executable", PYTHON / "python", "--package", "gigacity_client")
SETTINGS = """[mypy]
[mypy-gigacity_client.client]
ignore_errors = true
"""
"""One module is the same for every API, and has errors of its own."""


def test_a_generated_client_has_every_operation_and_no_type_error(tmp_path: Path) -> None:
    settings = ("--config", CLIENTS / "openapi-python-client.yml", "--meta", "none", "--fail-on-warning")
    output = ("--output-path", tmp_path / "gigacity_client")
    run(PYTHON / "openapi-python-client", "generate", "--path", GIGACITY, *settings, *output, folder=tmp_path)

    (tmp_path / "mypy.ini").write_text(SETTINGS, encoding="utf-8")
    run(Path(sys.executable).with_name("mypy"), *CHECKED, folder=tmp_path)

    paths = json.loads(GIGACITY.read_text(encoding="utf-8"))["paths"]
    operations = {operation["operationId"] for methods in paths.values() for operation in methods.values()}
    assert operations == {path.stem for path in (tmp_path / "gigacity_client" / "api").glob("*/[!_]*.py")}
