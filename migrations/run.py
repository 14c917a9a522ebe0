"""Run the migrations over one connection of the owner."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

_TRY_LOCK = "SELECT pg_try_advisory_lock(:lock)"
_LOCK = 0x67696761_6D696772  # "gigamigr" in ASCII
_RETRY_S = 0.1


@contextmanager
def exclusively(url: str, on_wait: Callable[[], None]) -> Iterator[None]:
    """Wait until no other process migrates or restores this database, and keep others waiting during the block.

    Tries again and again, because a session that waits inside `pg_advisory_lock` holds a snapshot that some migrations would wait
    for. `on_wait` is called once if there is something to wait for.
    """
    engine = create_engine(_sqlalchemy_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if not connection.scalar(text(_TRY_LOCK), {"lock": _LOCK}):
            on_wait()
            while not connection.scalar(text(_TRY_LOCK), {"lock": _LOCK}):
                time.sleep(_RETRY_S)
        yield


def _sqlalchemy_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def _step(step: str, connection: Connection, roles: Mapping[str, str], *arguments: str) -> None:
    config = _config()
    config.attributes.update(connection=connection, roles=dict(roles))
    getattr(command, step)(config, *arguments)


def _run(step: str, url: str, roles: Mapping[str, str], *arguments: str) -> None:
    engine = create_engine(_sqlalchemy_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        _step(step, connection, roles, *arguments)
        connection.commit()


def has_revision(revision: str) -> bool:
    """Return whether this release has the migrations up to a revision."""
    try:
        return ScriptDirectory.from_config(_config()).get_revision(revision) is not None
    except CommandError:
        return False


def upgrade_in_transaction(connection: Connection, roles: Mapping[str, str], revision: str) -> None:
    """Upgrade a database to a revision inside the caller's transaction, so that it can still be rolled back."""
    _step("upgrade", connection, roles, revision)


def upgrade(url: str, roles: Mapping[str, str], revision: str = "head") -> None:
    """Upgrade a database to a revision.

    `url` logs in as the owner; `roles` names the login role of each service, which is created if it is missing.
    """
    _run("upgrade", url, roles, revision)


def downgrade(url: str, roles: Mapping[str, str], revision: str) -> None:
    """Downgrade a database to an earlier revision; the data of later ones is lost."""
    _run("downgrade", url, roles, revision)


def check_schema(url: str, roles: Mapping[str, str]) -> None:
    """Raise `alembic.util.CommandError` if the migrated schema differs from the tables that have been imported."""
    _run("check", url, roles)
