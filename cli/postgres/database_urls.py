"""The URLs of the database: of the configured server, or of the embedded one."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import make_url

from cli.postgres.embedded import Embedded
from cli.postgres.passwords import role_password
from shared.settings import SERVICES, Settings


@dataclass(frozen=True)
class DatabaseUrls:
    """URLs of one database, for its owner and for each service. They hold passwords: never print them."""

    owner: str
    services: Mapping[str, str]

    def for_database(self, name: str) -> "DatabaseUrls":
        """Return the URLs of the same roles for another database of that server."""
        services = {service: _changed(url, database=name) for service, url in self.services.items()}
        return DatabaseUrls(_changed(self.owner, database=name), services)

    def fill(self, settings: Settings) -> Settings:
        """Return the settings with these URLs."""
        services = {f"{service}_database_url": SecretStr(url) for service, url in self.services.items()}
        return settings.model_copy(update={"database_url": SecretStr(self.owner), **services})


def derive_urls(owner: str, roles: Mapping[str, str], passwords: Path) -> DatabaseUrls:
    """Return the URLs of service roles for the owner's database, with passwords that are generated into a folder on first use."""
    services = {
        service: _changed(owner, username=role, password=role_password(passwords, role)) for service, role in roles.items()
    }
    return DatabaseUrls(owner, services)


@contextmanager
def open_database(settings: Settings, *, exclusive: bool = False, create: bool = False) -> Iterator[DatabaseUrls]:
    """Yield the URLs of the configured database; without one, run the embedded server until the block ends.

    `exclusive`, `create`: see `Embedded.running`.
    """
    if settings.database_url is not None:
        yield _configured(settings, settings.database_url.get_secret_value())
    else:
        with Embedded(settings.home).running(exclusive=exclusive, create=create) as server:
            yield _configured(settings, server.url())


def _configured(settings: Settings, owner: str) -> DatabaseUrls:
    configured = {service: url.get_secret_value() for service in SERVICES if (url := settings.service_url(service)) is not None}
    missing = {service: role for service, role in settings.service_roles().items() if service not in configured}
    urls = derive_urls(owner, missing, settings.home / "passwords")
    return replace(urls, services={**urls.services, **configured})


def _changed(url: str, *, username: str | None = None, password: str | None = None, database: str | None = None) -> str:
    return make_url(url).set(username=username, password=password, database=database).render_as_string(hide_password=False)
