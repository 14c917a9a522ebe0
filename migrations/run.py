"""Run the migrations over one connection of the owner."""

from collections.abc import Mapping
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool


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
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
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
    """Raise `alembic.util.CommandError` if the tables in code and the migrated schema differ."""
    _run("check", url, roles)
