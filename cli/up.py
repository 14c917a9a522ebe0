"""`gigacity up` and `gigacity serve`: run the product, all of it behind one address or one service of it."""

import asyncio
import tomllib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import psycopg
import typer
from psycopg import AsyncConnection
from sqlalchemy import make_url

from cli.migrate import migrate
from cli.postgres.database_urls import DatabaseUrls, open_database
from cli.server.applications import application, entry
from cli.server.serving import ServingError, address, bind, serving, set_up_process
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings

CAMPAIGNS = Path(__file__).parent.parent / "campaigns"
_KNOWN = "SELECT DISTINCT campaign FROM client"
_HEAD = "SELECT version, definition_version FROM gigacity_begin(%s, '*', 'own')"


def up(settings: Settings, host: str, port: int) -> None:
    """Run all services until the process is asked to stop."""
    set_up_process(settings)
    with open_database(settings, exclusive=True) as urls, bind(host, port) as listener:
        if settings.database_url is None:
            migrate(urls, settings.service_roles())  # the embedded server is ours alone: nobody else would do it
        for service, url in urls.services.items():
            _log_in(service, url)
        clock = Clock(settings.now)
        heads = asyncio.run(_heads(urls))
        app = entry(_with_issuer(urls.fill(settings), address(listener)), clock)
        with serving(app, listener, settings) as over:
            for name, text in _facts(address(listener), settings, clock, heads):
                typer.echo(f"{name:<15}{text}")
            over.wait()


def serve(service: str, settings: Settings, host: str, port: int) -> None:
    """Run one service until the process is asked to stop."""
    set_up_process(settings)
    if (url := settings.service_url(service)) is not None:
        _log_in(service, url.get_secret_value())
        _serve(service, settings, host, port)
    else:
        with open_database(settings) as urls:
            _serve(service, urls.fill(settings), host, port)


def _serve(service: str, settings: Settings, host: str, port: int) -> None:
    with bind(host, port) as listener, serving(application(service, settings, Clock(settings.now)), listener, settings) as over:
        typer.echo(f"{service} at {address(listener)}")
        over.wait()


def _log_in(service: str, url: str) -> None:
    """Try a service's address once, to say at once what a pool would only time out on. Raises ServingError."""
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        variable = f"GIGACITY_{service.upper()}_DATABASE_URL"
        message = f"{service} cannot log in to the database: {error}\nrun `gigacity migrate`, or correct {variable}"
        raise ServingError(message) from error


def _with_issuer(settings: Settings, own_address: str) -> Settings:
    """Tokens are issued in the name of the address clients use: ours, where nothing else was set."""
    return settings if "token_issuer" in settings.model_fields_set else settings.model_copy(update={"token_issuer": own_address})


async def _heads(urls: DatabaseUrls) -> dict[str, tuple[int, int]]:
    """The data and definition version of each campaign, as identity sees them. Raises UnsafeDatabase where nothing may start."""
    async with Database(urls.services["identity"], application_name="gigacity-up", pool_size=1) as identity:
        await identity.verify()
        async with identity.unscoped() as connection:
            known = {code async for (code,) in await connection.execute(_KNOWN)} | set(_shipped())
            heads = {code: await _head(connection, code) for code in sorted(known)}
    return {code: head for code, head in heads.items() if head is not None}


async def _head(connection: AsyncConnection, campaign: str) -> tuple[int, int] | None:
    async with connection.transaction():
        row = await (await connection.execute(_HEAD, [campaign])).fetchone()
    return None if row is None or row[0] is None else (row[0], row[1])


def _shipped() -> Iterable[str]:
    return (tomllib.loads(path.read_text(encoding="utf-8"))["campaign"]["code"] for path in CAMPAIGNS.glob("*.toml"))


def _facts(own_address: str, settings: Settings, clock: Clock, heads: dict[str, tuple[int, int]]) -> Iterable[tuple[str, str]]:
    yield "address", own_address
    yield "API pages", f"{own_address}/docs"
    yield "tokens", f"{own_address}/oauth2/token"
    if settings.database_url is None:
        yield "data", f"{settings.home.resolve()} (embedded PostgreSQL)"
    else:
        yield "database", make_url(settings.database_url.get_secret_value()).render_as_string()
        yield "keys", str(settings.home.resolve())
    for code, (version, definition_version) in heads.items():
        yield "campaign", f"{code}, data version {version}, definition version {definition_version}"
    if not heads:
        yield "campaign", "none yet: gigacity campaign apply campaigns/liangjiang-2022.toml"
    yield "business date", _business_date(clock.now().astimezone(), fixed=settings.now is not None)


def _business_date(now: datetime, *, fixed: bool) -> str:
    return f"{now:%Y-%m-%d}{', standing still (GIGACITY_NOW)' if fixed else ''}"
