"""Structured logs on stderr: one line an event, whatever a client sends."""

import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

_LONGEST: Final = 200  # characters of a text that came from outside

_BEFORE_RENDERING: Final = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(log_format: str) -> None:
    """Set up structlog for this process: `json` or `console`."""
    structlog.configure(
        processors=[*_BEFORE_RENDERING, structlog.processors.format_exc_info, *_renderers(log_format)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_on_stderr,
        cache_logger_on_first_use=False,
    )


def configure_process(log_format: str) -> None:
    """Also lead the libraries' own logging (uvicorn, psycopg) into the same lines. For whoever starts a process."""
    configure(log_format)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_BEFORE_RENDERING, structlog.processors.format_exc_info],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(log_format)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)


def shorten(text: str) -> str:
    """A text from outside, short enough for a log."""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _on_stderr(*_: object) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)


def _renderers(log_format: str) -> list[Any]:
    return [_console if log_format == "console" else _json]


def _json(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    return json.dumps(event, default=repr)  # ASCII only: no character in it can end the line or move the cursor


def _console(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    stamp, level, what = (event.pop(name, "") for name in ("timestamp", "level", "event"))
    trouble = event.pop("exception", None)
    pairs = " ".join(f"{name}={value if isinstance(value, int | float) else ascii(value)}" for name, value in event.items())
    line = f"{stamp} {level:<8} {ascii(what)[1:-1] if isinstance(what, str) else ascii(what)} {pairs}".rstrip()
    return f"{line}\n{trouble}" if trouble else line
