"""`gigacity demo`: pushes the sample data over HTTP, issues a report and prints the summaries, in a temporary folder."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from rich.console import Console

from cli.campaign import apply_definition, operator_name
from cli.demo.board_table import show_board
from cli.demo.demo_client import DemoCaller, DemoClient
from cli.demo.demo_clock import TODAY, DemoClock
from cli.demo.sample_items import item_events
from cli.demo.sample_tasks import task_events
from cli.demo.sample_work import add_sample_work
from cli.demo.summary_tables import show_commands, show_summaries
from cli.demo.timeline import Event, play
from cli.migrate import migrate
from cli.postgres.database_urls import DatabaseUrls, open_database
from cli.server.applications import all_services
from cli.server.issuer_file import issuer_in_file
from cli.server.serving import base_url, listen, logging_to, serving, set_up_process
from services.identity import clients
from services.identity.client_secrets import SecretHashes
from services.identity.clients import IssuedClient
from shared.campaign.definition import Definition
from shared.campaign.load import load
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings
from shared.vocabulary import Role

PROJECT = Path(__file__).parents[2]
LIANGJIANG, NATIONAL = "liangjiang-2022", "national-2022"
BUREAU_ORG = "economy"
PUSHED_ON: Final = {"2022-05": "07-08", "2022-06": "07-08", "2022-07": "08-04", "2022-08": "09-04"}
TASK_FORCE: Final = (LIANGJIANG, "industry", Role.TASK_FORCE)
EARLIER_REPORT: Final = {
    "month": "2022-07",
    "problems": "联通7月用户数未报全，相关指标暂缺。\n任务9、任务11各有1家单位逾期。",
    "next_steps": "请联通补报7月用户数。\n督促逾期单位报送整改计划。",
}
REPORT: Final = {
    "month": "2022-08",
    "problems": (
        "城市10G-PON端口占比、每万人拥有5G基站数已接近目标，尚需完成剩余端口替换和基站开通。\n"
        "“双千兆”应用案例还差1个，后备案例不足。"
    ),
    "next_steps": (
        "督促电信、移动、联通于9月15日前完成OLT设备替换。\n协调街道提供基站站址，9月20日前开通。\n会同各街道再发掘一批应用案例。"
    ),
}
"""The reports' texts; fictitious, like the sample data."""


class DemoSettings(Settings):
    """Settings that ignore the environment, so that a demo never touches a configured database."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the names are pydantic's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Use the constructor's arguments only."""
        return (init_settings,)


def demo(*, serve: bool, as_json: bool, port: int, cors_origins: Sequence[str] = ()) -> None:
    """Run the demo. Raises DemoError if a service refuses a request."""
    progress = Console(stderr=True, highlight=False)
    with _temporary_folder() as home:
        settings: Settings = DemoSettings(mode="demo", now=TODAY, home=home, cors_origins=list(cors_origins))
        set_up_process(settings)
        with open_database(settings, exclusive=True, create=True) as urls, listen("127.0.0.1", port) as listener:
            migrate(urls, settings.service_roles())
            progress.print("Applying both campaigns and creating a client for every organisation")
            clock = DemoClock()
            definitions, issued_clients = asyncio.run(set_up_campaigns(urls, clock))
            settings = urls.fill(settings).model_copy(update={"token_issuer": base_url(listener)})
            app = all_services(settings, clock)
            with (
                logging_to(home / "services.log"),
                serving(app, listener, settings) as stopped,
                issuer_in_file(settings),
                DemoClient(base_url(listener), issued_clients) as client,
            ):
                progress.print(f"Serving at {base_url(listener)}")
                summaries, report = fill(client, progress, clock)
                board = client.get(TASK_FORCE, "/v1/tasks/board")
                if as_json:
                    print(json.dumps({"summaries": summaries, "board": board}, ensure_ascii=False, indent=1))  # noqa: T201 - the result
                else:
                    show_summaries(_console(), summaries, definitions)
                    show_board(_console(), board, definitions[LIANGJIANG])
                if serve:
                    show_commands(progress if as_json else _console(), client, home, report)
                    stopped.wait()


def fill(client: DemoClient, progress: Console, clock: DemoClock) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Fill the campaigns with the sample data, in the order of days; return the summary of each month, and the report.

    Raises DemoError. Afterwards the clock shows the demo's day.
    """
    tasks, items = list(task_events(client)), list(item_events(client))
    months: dict[str, set[str]] = {LIANGJIANG: set(), NATIONAL: set()}
    report_of_july = Event("08-10", partial(client.post, TASK_FORCE, "/v1/reports", EARLIER_REPORT))
    play([*_pushes(client, progress, months[LIANGJIANG]), *tasks, *items, report_of_july], clock)
    series = PROJECT / "samples" / "national" / "2022.csv"
    _push(client, progress, (NATIONAL, "miit", Role.BUREAU), series)
    months[NATIONAL].update(line.split(",")[2] for line in series.read_text(encoding="utf-8-sig").splitlines()[1:])
    progress.print(f"{len(tasks)} reports and reviews of the plan's tasks")
    progress.print(f"{len(items)} moves of application cases, difficulties and action items")
    summaries = [
        client.get((campaign, BUREAU_ORG, Role.BUREAU), "/v1/summary", month=month)
        for campaign, its_months in months.items()
        for month in sorted(its_months)
    ]
    report = client.post(TASK_FORCE, "/v1/reports", REPORT)
    progress.print(_report_line(report))
    add_sample_work(client)
    progress.print("A push with an error, a reminder, a request to reopen Telecom's July, a comment on a case, three challenges")
    return summaries, report


def _pushes(client: DemoClient, progress: Console, months: set[str]) -> Iterator[Event]:
    """Yield the pushes of the sample files of each month, soon after its end; note the months."""
    for file in sorted((PROJECT / "samples" / "liangjiang").glob("20??-??/*")):
        role = Role.BUREAU if file.stem == BUREAU_ORG else Role.CARRIER
        months.add(file.parent.name)
        yield Event(PUSHED_ON[file.parent.name], partial(_push, client, progress, (LIANGJIANG, file.stem, role), file))


def _report_line(report: dict[str, Any]) -> str:
    number, formats = report["number"], ", ".join(file["ending"] for file in report["files"])
    return f"Report {number} of {report['month']} issued ({formats}): with --serve at /v1/reports/{number}"


def _push(client: DemoClient, progress: Console, caller: DemoCaller, file: Path) -> None:
    counts = client.push(caller, file, key=f"demo:{file.relative_to(PROJECT)}")["report"]["counts"]
    progress.print(f"  {file.relative_to(PROJECT)} as {caller[1]}: {counts['received']} rows, {counts['created']} created")


def _console() -> Console:
    """Return a console as wide as the terminal; output to a file has no limit to fit into."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(width=140, highlight=False)


async def set_up_campaigns(urls: DatabaseUrls, clock: Clock) -> tuple[dict[str, Definition], dict[DemoCaller, IssuedClient]]:
    """Apply both campaigns and create a client for each role of each organisation."""
    definitions = {code: load(PROJECT / "campaigns" / f"{code}.toml") for code in (LIANGJIANG, NATIONAL)}
    issued_clients: dict[DemoCaller, IssuedClient] = {}
    hashes = SecretHashes()
    async with Database(urls.services["identity"], application_name="gigacity-demo", pool_size=1) as identity:
        for campaign, definition in definitions.items():
            await apply_definition(urls.owner, definition, clock)
            for organisation in definition.organisations:
                for role in organisation.roles:
                    issued_clients[campaign, organisation.code, role] = await clients.create_client(
                        identity,
                        hashes,
                        definition=definition,
                        org=organisation.code,
                        role=role,
                        actor=operator_name(),
                        now=clock.real_now(),
                    )
    return definitions, issued_clients


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="gigacity-demo-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)
