"""Ends a command with a sentence instead of a traceback, where the operator can put it right."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import typer
from pydantic import ValidationError

from cli.postgres.embedded import EmbeddedError
from cli.postgres.fitness import UnfitError
from shared.database.database import UnsafeDatabase


@contextmanager
def refusing(*errors: type[Exception]) -> Iterator[None]:
    """Say what is wrong and what to do: settings, the database, and the command's own errors."""
    told: tuple[type[Exception], ...] = (EmbeddedError, UnfitError, UnsafeDatabase, *errors)
    try:
        yield
    except ValidationError as wrong:
        for one in wrong.errors():
            typer.echo(f"GIGACITY_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}", err=True)
    except told as error:
        typer.echo(str(error), err=True)
    except psycopg.OperationalError as error:
        typer.echo(f"the database does not answer: {error}", err=True)
    else:
        return
    raise typer.Exit(1)
