"""The documents name only what exists: commands, settings, files, dependencies."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer.main
from typer.core import TyperGroup

from cli.campaign import describe_applied
from cli.main import app
from shared.campaign.apply import Applied
from shared.campaign.difference import difference
from shared.campaign.load import load
from shared.campaign.reinterpretation import Used, refusals
from shared.settings import Settings

PROJECT = Path(__file__).parent.parent
DOCUMENTS = [
    PROJECT / name
    for name in (
        "README.md",
        "README.zh-CN.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "samples/README.md",
    )
] + sorted((PROJECT / "docs").rglob("*.md"))
MADE_BY_RUNNING = {"bench/results.json", ".venv/bin/gigacity"}
FOLDERS = {path.name for path in PROJECT.iterdir() if path.is_dir()} - {".gigacity"}
COMMANDS = typer.main.get_command(app)
CONTEXT = typer.Context(COMMANDS)
WORD = r"[a-z][a-z-]*(?![\w./:*-])"
INVOCATION = re.compile(rf"(?:^|[ (/`])gigacity( +{WORD}(?: +(?:{WORD}|--[a-z-]+|[A-Z\d][\w.-]*))*)", re.MULTILINE)

every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def code_of(document: Path) -> str:
    """Everything that is set as code, in blocks or within a line; a line each."""
    return "\n".join(
        block or inline for block, inline in re.findall(r"```\w*\n(.*?)```|`([^`\n]+)`", text_of(document), re.DOTALL)
    )


def invocations(document: Path) -> Iterator[tuple[list[str], list[str]]]:
    """The sub-commands and the options of each `gigacity …` that is written out."""
    for words in INVOCATION.findall(code_of(document)):
        parts = words.split()
        yield (
            [part for part in parts if part.islower() and not part.startswith("-")],
            [part for part in parts if part.startswith("--")],
        )


def refused(commands: list[str], options: list[str]) -> list[str]:
    """Return the parts of a command line that do not exist; words after the last sub-command are its arguments."""
    command = COMMANDS
    for name in commands:
        if not isinstance(command, TyperGroup):
            break
        inner = command.get_command(CONTEXT, name)
        if inner is None:
            return [name]
        command = inner
    known = {option for parameter in command.params for option in parameter.opts}
    return [option for option in options if option not in known]


@every_document
def test_every_command_exists_with_its_options(document: Path) -> None:
    wrong = {
        " ".join(commands + options): found
        for commands, options in invocations(document)
        if (found := refused(commands, options))
    }

    assert wrong == {}


def test_commands_are_found_in_the_documents_at_all() -> None:
    found = {" ".join(commands[:2]) for document in DOCUMENTS for commands, _ in invocations(document)}

    assert {"up", "migrate", "campaign apply", "campaign check", "client create", "client token", "serve ingest"} <= found


@every_document
def test_every_make_target_exists(document: Path) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:^|[ (])make ([a-z]+)", code_of(document), re.MULTILINE))

    assert named <= targets


@every_document
def test_every_setting_exists(document: Path) -> None:
    compose = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
    known = {f"GIGACITY_{name.upper()}" for name in Settings.model_fields}
    known |= set(re.findall(r"GIGACITY_[A-Z_]+", compose)) | {"GIGACITY_TEST_DATABASE_URL", "GIGACITY_TEST_BURSTS"}
    known |= set(re.findall(r"GIGACITY_[A-Z_]+", text_of(PROJECT / "cli" / "push" / "command.py")))

    assert set(re.findall(r"GIGACITY_[A-Z_]*[A-Z]", text_of(document))) <= known


def test_the_operations_page_lists_every_setting() -> None:
    cells = set(re.findall(r"^\| (`GIGACITY_[A-Z].*?) \|", text_of(PROJECT / "docs" / "operations.md"), re.MULTILINE))

    assert {name.strip("`") for cell in cells for name in cell.split()} == {
        f"GIGACITY_{field.upper()}" for field in Settings.model_fields
    }


@every_document
def test_every_path_exists(document: Path) -> None:
    named = set(re.findall(r"(?<![\w./:-])((?:[\w.-]+/)+[\w.-]*)(?![\w/*{…])", code_of(document)))
    ours = {path for path in named if path.split("/", 1)[0] in FOLDERS} - MADE_BY_RUNNING

    assert {path for path in ours if not (PROJECT / path).exists() and "YYYY" not in path} == set()


@every_document
def test_every_query_parameter_is_one_of_its_operation(document: Path) -> None:
    paths = json.loads((PROJECT / "openapi" / "gigacity.json").read_text(encoding="utf-8"))["paths"]
    known = {
        path: {parameter["name"] for operation in item.values() for parameter in operation.get("parameters", ())}
        for path, item in paths.items()
    }
    unknown = set()
    for path, query in re.findall(r"(/v1/[\w./{}$-]+)\?([\w.=&*$:%+,{}-]+)", text_of(document)):
        names = set().union(*(known[name] for name in paths if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", name), path)))
        unknown |= {f"{path}?{pair}" for pair in query.split("&") if pair.partition("=")[0] not in names}
    sent = re.findall(r"`(/v1/[\w./-]+)`[^`]*(?:`[^`]*`[^`]*){0,4}as the next `(\w+)`", text_of(document))
    unknown |= {f"{path}?{name}" for path, name in sent if name not in known[path]}

    assert unknown == set()


@every_document
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text_of(document)) if not link.startswith("https://")]

    assert [link for link in links if not (document.parent / unquote(link).split("#")[0]).exists()] == []


def test_the_example_of_a_new_indicator_is_what_applying_it_prints(tmp_path: Path) -> None:
    shipped = PROJECT / "campaigns" / "liangjiang-2022.toml"
    (blocks,) = re.findall(r"```toml\n(.*?)```", text_of(PROJECT / "CONTRIBUTING.md"), re.DOTALL)
    extended = tmp_path / shipped.name
    extended.write_text(f"{text_of(shipped)}\n{blocks}", encoding="utf-8")
    definition = load(extended)
    applied = Applied(version=2, changes=tuple(difference(load(shipped), definition)), changed=True)

    assert f"```text\n{describe_applied(definition, applied)}\n```" in text_of(PROJECT / "CONTRIBUTING.md")


def test_the_example_of_a_refused_change_is_what_applying_it_prints(tmp_path: Path) -> None:
    shipped = PROJECT / "campaigns" / "liangjiang-2022.toml"
    (blocks,) = re.findall(r"```toml\n(.*?)```", text_of(PROJECT / "CONTRIBUTING.md"), re.DOTALL)
    before, after = tmp_path / "before.toml", tmp_path / "after.toml"
    before.write_text(f"{text_of(shipped)}\n{blocks}", encoding="utf-8")
    kept = blocks.split("[[rule]]")[0].replace('"flow"', '"stock"')
    after.write_text(f"{text_of(shipped)}\n{kept}", encoding="utf-8")
    (refusal,) = refusals(load(before), load(after), Used(metrics={"gateways_wifi7"}))

    assert f"  {refusal}\n```" in text_of(PROJECT / "CONTRIBUTING.md")


def test_the_messages_of_the_operations_page_are_those_of_the_programs() -> None:
    table = text_of(PROJECT / "docs" / "operations.md").split("## When it does not start")[1]
    messages = [
        message for cell in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for message in re.findall("`([^`]+)`", cell)
    ]
    sources = "".join(text_of(path) for folder in ("cli", "shared") for path in sorted((PROJECT / folder).rglob("*.py")))
    pieces = {piece.strip() for message in messages for piece in message.split("…")}

    assert len(messages) > 10
    assert [piece for piece in pieces if piece not in sources] == []


def test_every_name_of_contributing_and_of_the_decisions_is_one_of_the_code() -> None:
    pages = [PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs" / "decisions").glob("*.md"))]
    foreign = {"forget_null", "pg_dump", "pg_trgm"}  # removed, and not used
    folders = ("bench", "campaigns", "cli", "migrations", "openapi", "services", "shared", "tests")
    sources = [path for folder in folders for path in (PROJECT / folder).rglob("*") if path.suffix in {".py", ".sql", ".toml"}]
    known = {word for path in [*sources, PROJECT / "pyproject.toml"] for word in re.findall(r"\w+", text_of(path))}

    names = {name for page in pages for name in re.findall(r"`(\w+)`", text_of(page))}
    assert names - known - foreign == set()


def test_the_map_of_contributing_names_every_package_and_nothing_else() -> None:
    tree = text_of(PROJECT / "CONTRIBUTING.md").split("```\n", 1)[1].split("```", 1)[0]
    named: set[str] = set()
    parents = [""]
    for indent, names in re.findall(r"^( *)((?:[\w.]+/ ?)+)", tree, re.MULTILINE):
        parents = parents[: len(indent) // 2 + 1]
        named |= {parents[-1] + name for name in names.split()}
        parents.append(parents[-1] + names.split()[-1])
    shown = {"services": 2, "services/ingest/formats": 1, "shared": 1, "cli": 1}  # how deep each folder is drawn
    packages = {
        f"{package.parent.relative_to(PROJECT)}/"
        for folder, depth in shown.items()
        for level in range(1, depth + 1)
        for package in (PROJECT / folder).glob("/".join(["*"] * level + ["__init__.py"]))
    }

    assert packages <= named
    assert {name for name in named if not (PROJECT / name).is_dir()} == set()


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_both_readmes_show_the_same_commands(name: str) -> None:
    def commands(path: Path) -> list[str]:
        blocks = re.findall(r"```sh\n(.*?)```", text_of(path), re.DOTALL)
        return [
            " ".join(re.sub(r"\s+# .*| -H 'Accept-Language: en'", "", line).rstrip("\\").split())
            for block in blocks
            for line in block.splitlines()
        ]

    assert commands(PROJECT / name) == commands(PROJECT / "README.md")


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    reasons = re.sub(r"[-_ ]", "", text_of(PROJECT / "docs" / "decisions" / "libraries.md").lower())
    names = {re.split(r"[\[<>=;]", dependency)[0] for dependency in wanted} - {"sqlalchemy"}  # comes with SQLModel

    assert {name for name in names if re.sub(r"[-_ ]", "", name.lower()) not in reasons} == set()


def test_the_index_of_decisions_lists_every_record_with_its_date() -> None:
    folder = PROJECT / "docs" / "decisions"
    listed = dict(re.findall(r"^\| \[.+\]\((.+)\) \| (\d{4}-\d\d-\d\d) \|$", text_of(folder / "README.md"), re.MULTILINE))
    records = [record for record in folder.glob("*.md") if record.name not in ("README.md", "libraries.md")]

    assert listed == {record.name: text_of(record).splitlines()[2] for record in records}


def test_the_front_ends_program_asks_for_what_the_published_files_have() -> None:
    page = text_of(PROJECT / "docs" / "frontends.md")
    program = "\n".join(re.findall(r"```typescript\n(.*?)```", page, re.DOTALL))
    files = json.loads(text_of(PROJECT / "openapi" / "gigacity.json"))
    asked = re.findall(r'api\.(GET|PATCH|POST|PUT)\("([^"]+)"', program) + re.findall(r"`(GET|PATCH|POST|PUT) (/[^`?]+)`", page)

    assert len(asked) > 20
    assert [each for each in asked if each[0].lower() not in files["paths"].get(each[1], {})] == []
    assert set(re.findall(r'Schemas\["(\w+)"\]', program)) <= set(files["components"]["schemas"])
    assert {"actions"} <= set(files["components"]["schemas"]["SubmissionDocument"]["properties"])
    assert {"indicator", "display", "status"} <= set(files["components"]["schemas"]["SummaryLine"]["properties"])
