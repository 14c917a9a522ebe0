"""Ends a command with a message instead of a traceback, for errors that the operator can correct."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy.exc
import typer
from pydantic import ValidationError

from cli.postgres.schema_revision import UnsuitableDatabaseError
from cli.postgres.supervisor import EmbeddedError
from shared.database.database import UnsafeDatabase
from shared.database.sqlstates import passing_failure


@contextmanager
def exit_with_message(*errors: type[Exception]) -> Iterator[None]:
    """Print errors of the settings, of the database and the given `errors` to stderr, and exit with status 1."""
    known_errors: tuple[type[Exception], ...] = (EmbeddedError, UnsuitableDatabaseError, UnsafeDatabase, *errors)
    try:
        yield
    except ValidationError as invalid:
        for error in invalid.errors():
            typer.echo(f"GIGACITY_{'_'.join(map(str, error['loc'])).upper()}: {error['msg']}", err=True)
    except known_errors as known_error:
        typer.echo(str(known_error), err=True)
    except (psycopg.Error, sqlalchemy.exc.DBAPIError) as error:
        failure = passing_failure(error)
        if failure is None:
            raise
        cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
        message = "the database does not respond: " if failure.connection_lost else "the database cannot do this now: "
        typer.echo(f"{message}{cause}", err=True)
    else:
        return
    raise typer.Exit(1)
