"""Ends a command with a message instead of a traceback, for errors that the operator can correct."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import typer
from pydantic import ValidationError

from cli.postgres.embedded import EmbeddedError
from cli.postgres.preconditions import UnsuitableDatabaseError
from shared.database.database import UnsafeDatabase


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
    except psycopg.OperationalError as error:
        typer.echo(f"the database does not respond: {error}", err=True)
    else:
        return
    raise typer.Exit(1)
