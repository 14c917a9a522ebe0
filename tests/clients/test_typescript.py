"""Three generators make TypeScript from the OpenAPI file, and it compiles under the strict settings."""

from pathlib import Path

import pytest

from tests.clients.generators import GIGACITY, NODE, run
from tests.clients.typescript import compile_strictly, prepare

GENERATORS = {
    "openapi-typescript": ("openapi-typescript", GIGACITY, "--output", "client.ts"),
    "openapi-ts": ("openapi-ts", "--input", GIGACITY, "--output", "client", "--client", "@hey-api/client-fetch"),
    "orval": ("orval", "--input", GIGACITY, "--output", "client.ts", "--client", "fetch"),
}


@pytest.mark.parametrize("generator", GENERATORS)
def test_a_generated_client_compiles(generator: str, tmp_path: Path) -> None:
    tool, *arguments = GENERATORS[generator]
    run(NODE / tool, *arguments, folder=prepare(tmp_path))

    compile_strictly(tmp_path)

    assert "explain_finding" in text_of(tmp_path) or "explainFinding" in text_of(tmp_path)


def text_of(folder: Path) -> str:
    sources = [path for path in folder.rglob("*.ts") if "node_modules" not in path.relative_to(folder).parts]
    return "".join(path.read_text(encoding="utf-8") for path in sources)
