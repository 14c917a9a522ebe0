"""`gigacity up` and `gigacity serve`: run all services at one address, or a single service."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

import psycopg
import typer
from psycopg import AsyncConnection
from sqlalchemy import make_url

from cli.campaign import applied_campaigns
from cli.migrate import migrate
from cli.postgres.database_urls import DatabaseUrls, open_database
from cli.server.applications import all_services, create_application
from cli.server.issuer_file import issuer_in_file
from cli.server.serving import ServingError, base_url, listen, serving, set_up_process
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings

_VERSIONS = "SELECT version, definition_version FROM gigacity_begin(%s, '*', 'own')"

Versions = tuple[int, int]
"""Data version and definition version of a campaign."""


def up(settings: Settings, host: str, port: int) -> None:
    """Run all services until the process is stopped."""
    set_up_process(settings)
    with open_database(settings, exclusive=True, create=True) as urls, listen(host, port) as listener:
        if settings.database_url is None:
            migrate(urls, settings.service_roles())  # nobody but this process can migrate the embedded server
        for service, url in urls.services.items():
            _check_login(service, url)
        clock = Clock(settings.now)
        campaigns = asyncio.run(_campaigns(urls))
        settings_with_issuer = _with_issuer(urls.fill(settings), base_url(listener))
        app = all_services(settings_with_issuer, clock)
        with serving(app, listener, settings) as stopped, issuer_in_file(settings_with_issuer):
            for name, text in _startup_lines(base_url(listener), settings, clock, campaigns):
                typer.echo(f"{name:<15}{text}")
            stopped.wait()


def serve(service: str, settings: Settings, host: str, port: int) -> None:
    """Run one service until the process is stopped."""
    set_up_process(settings)
    if (url := settings.service_url(service)) is not None:
        _check_login(service, url.get_secret_value())
        _serve(service, settings, host, port)
    else:
        with open_database(settings) as urls:
            _serve(service, urls.fill(settings), host, port)


def _serve(service: str, settings: Settings, host: str, port: int) -> None:
    app = create_application(service, settings, Clock(settings.now))
    with listen(host, port) as listener, serving(app, listener, settings) as stopped:
        typer.echo(f"{service} at {base_url(listener)}")
        stopped.wait()


def _check_login(service: str, url: str) -> None:
    """Log in once, for the reason that a pool would hide behind its timeout. Raises ServingError."""
    try:
        psycopg.connect(url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        variable = f"GIGACITY_{service.upper()}_DATABASE_URL"
        message = f"{service} cannot log in to the database: {error}\nrun `gigacity migrate`, or correct {variable}"
        raise ServingError(message) from error


def _with_issuer(settings: Settings, own_url: str) -> Settings:
    """Return the settings with this process's address as the token issuer, unless another one is set."""
    return settings if "token_issuer" in settings.model_fields_set else settings.model_copy(update={"token_issuer": own_url})


async def _campaigns(urls: DatabaseUrls) -> dict[str, Versions]:
    """Return the versions of the campaigns in force. Raises UnsafeDatabase if no service may start."""
    async with Database(urls.services["identity"], application_name="gigacity-up", pool_size=1) as identity:
        await identity.verify()
        async with identity.unscoped() as connection:
            campaigns = {code: await _versions(connection, code) for code in applied_campaigns(urls.owner)}
    return {code: versions for code, versions in campaigns.items() if versions is not None}


async def _versions(connection: AsyncConnection, campaign: str) -> Versions | None:
    async with connection.transaction():
        row = await (await connection.execute(_VERSIONS, [campaign])).fetchone()
    return None if row is None or row[0] is None else (row[0], row[1])


def _startup_lines(own_url: str, settings: Settings, clock: Clock, campaigns: dict[str, Versions]) -> Iterable[tuple[str, str]]:
    yield "address", own_url
    yield "API pages", f"{own_url}/docs"
    yield "tokens", f"{own_url}/oauth2/token"
    if settings.database_url is None:
        yield "data", f"{settings.home.resolve()} (embedded PostgreSQL)"
    else:
        yield "database", make_url(settings.database_url.get_secret_value()).render_as_string()
        yield "keys", str(settings.home.resolve())
    for code, (data_version, definition_version) in campaigns.items():
        yield "campaign", f"{code}, data version {data_version}, definition version {definition_version}"
    if not campaigns:
        yield "campaign", "none yet: gigacity campaign apply campaigns/liangjiang-2022.toml"
    yield "business date", _business_date(clock.now().astimezone(), fixed=settings.now is not None)


def _business_date(today: datetime, *, fixed: bool) -> str:
    return f"{today:%Y-%m-%d}{', fixed by GIGACITY_NOW' if fixed else ''}"
