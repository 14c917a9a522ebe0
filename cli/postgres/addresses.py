"""Where the database is, for whoever starts a process: the configured server, or the embedded one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import make_url

from cli.postgres.embedded import Embedded
from cli.postgres.passwords import password
from shared.settings import SERVICES, Settings


@dataclass(frozen=True)
class Addresses:
    """One database, as its owner and as each service reaches it. Addresses hold passwords: never print them."""

    owner: str
    services: Mapping[str, str]

    def at(self, database: str) -> "Addresses":
        """The same roles at another database of that server."""
        services = {service: _with(url, database=database) for service, url in self.services.items()}
        return Addresses(_with(self.owner, database=database), services)

    def into(self, settings: Settings) -> Settings:
        """The settings with these addresses filled in."""
        filled = {f"{name}_database_url": SecretStr(url) for name, url in self.services.items()}
        return settings.model_copy(update={"database_url": SecretStr(self.owner), **filled})


def service_roles(settings: Settings) -> dict[str, str]:
    """The login role of each service."""
    return {service: settings.service_role(service) for service in SERVICES}


def derived(owner: str, roles: Mapping[str, str], passwords: Path) -> Addresses:
    """The services' addresses at the owner's database, with passwords generated into a folder on first use."""
    return Addresses(
        owner, {service: _with(owner, username=role, password=password(passwords, role)) for service, role in roles.items()}
    )


@contextmanager
def database(settings: Settings, *, own: bool = False) -> Iterator[Addresses]:
    """The database these settings mean, for as long as the block lasts; the embedded server is started where none is configured.

    `own`: see `Embedded.running`.
    """
    if settings.database_url is not None:
        yield _given(settings, settings.database_url.get_secret_value())
    else:
        with Embedded(settings.home).running(own=own) as server:
            yield _given(settings, server.url())


def _given(settings: Settings, owner: str) -> Addresses:
    given = {service: url.get_secret_value() for service in SERVICES if (url := settings.service_url(service)) is not None}
    others = {service: role for service, role in service_roles(settings).items() if service not in given}
    addresses = derived(owner, others, settings.home / "passwords")
    return replace(addresses, services={**addresses.services, **given})


def _with(url: str, *, username: str | None = None, password: str | None = None, database: str | None = None) -> str:
    return make_url(url).set(username=username, password=password, database=database).render_as_string(hide_password=False)
