"""The command `gigacity`. Loads a command's module when the command runs: loading all of them takes more than a second."""

import gc
import os
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

from shared.values.suggestions import nearest

_MODULES: Final = {
    "campaign": "cli.campaign",
    "client": "cli.client",
    "push": "cli.push.command",
    **dict.fromkeys(("up", "serve", "migrate", "backup", "restore", "attachments", "demo"), "cli.operator_commands"),
}


class LazyCommands(TyperGroup):
    """The subcommands; a module holds either the subcommand itself or several of them by name."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - typer's own type is not public
        """Return the names in the order of the help."""
        return list(_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002
        """Load one subcommand."""
        if cmd_name not in _MODULES:
            return None
        gc.disable()  # what is loaded stays: to look for garbage meanwhile takes an eighth of the time
        command: Any = get_command(import_module(_MODULES[cmd_name]).app)
        gc.enable()
        return getattr(command, "commands", {}).get(cmd_name, command)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """Load the subcommand that the arguments begin with; end with the nearest name if there is none."""
        if args and args[0] not in _MODULES and (hint := nearest(args[0], _MODULES)):
            ctx.fail(f"No such command '{args[0]}': {hint.en}")
        return super().resolve_command(ctx, args)


app = typer.Typer(
    name="gigacity", cls=LazyCommands, help="Monthly counts in, indicators out, every number traceable.", no_args_is_help=True
)


@app.callback()
def gigacity() -> None:
    """Monthly counts in, indicators out, every number traceable."""
    os.environ.setdefault("PGCONNECT_TIMEOUT", "5")  # otherwise a host that does not answer is waited for in silence
