"""The command `gigacity`. A command's module is loaded when it is called: all of them together take more than a second."""

from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

_MODULES: Final = {
    "campaign": "cli.campaign",
    "client": "cli.client",
    "push": "cli.push.command",
    **dict.fromkeys(("up", "serve", "migrate", "backup", "restore", "demo"), "cli.operating"),
}


class Commands(TyperGroup):
    """The commands by name; a module has one of that name among others, or is the command itself."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - typer's own type is not public
        """In the order of the help."""
        return list(_MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002
        """Load one."""
        if cmd_name not in _MODULES:
            return None
        loaded: Any = get_command(import_module(_MODULES[cmd_name]).app)
        return getattr(loaded, "commands", {}).get(cmd_name, loaded)


app = typer.Typer(
    name="gigacity", cls=Commands, help="Monthly counts in, indicators out, every number traceable.", no_args_is_help=True
)


@app.callback()
def gigacity() -> None:
    """Monthly counts in, indicators out, every number traceable."""
