"""Structured logs on stderr: one line per event, whatever a client sends."""

import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

_MAX_TEXT_LENGTH: Final = 200  # of a text from outside
MAX_VALUE_LENGTH: Final = 8_000  # of any text in an event, such as a traceback
MAX_LINE_LENGTH: Final = 32_000
_ESCAPE_LENGTH: Final = 12  # of a character in JSON: two of \u1234

_BEFORE_RENDERING: Final = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(log_format: str) -> None:
    """Configure structlog for this process; the format is `json` or `console`."""
    structlog.configure(
        processors=[*_BEFORE_RENDERING, structlog.processors.format_exc_info, *_renderers(log_format)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_on_stderr,
        cache_logger_on_first_use=False,
    )


def configure_process(log_format: str) -> None:
    """Configure structlog, and write the logs of libraries (uvicorn, psycopg) in the same format."""
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
    """Return a text from outside, shortened for a log."""
    return text if len(text) <= _MAX_TEXT_LENGTH else text[:_MAX_TEXT_LENGTH] + "…"


def _on_stderr(*_: object) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)


def _renderers(log_format: str) -> list[Any]:
    return [_bound_values, _console if log_format == "console" else _json]


def _json(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    line = json.dumps(event, default=repr)  # ASCII only, so that no character can end the line or move the cursor
    if len(line) <= MAX_LINE_LENGTH:
        return line
    most = MAX_LINE_LENGTH // _ESCAPE_LENGTH // (2 * len(event) + 2)  # characters of each name and value
    return json.dumps({name[:most]: _without_middle(_text(value), most) for name, value in event.items()})


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)


def _without_middle(text: str, most: int) -> str:
    """Return beginning and end of a text: a traceback begins with the request and ends with the error."""
    return text if len(text) <= most else f"{text[: most // 2]}…{text[len(text) - most // 2 + 1 :]}"


def _bound_values(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if isinstance(value, str) and len(value) > MAX_VALUE_LENGTH:
            event[name] = _without_middle(value, MAX_VALUE_LENGTH)
    return event


def _console(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    timestamp, level, message = (event.pop(name, "") for name in ("timestamp", "level", "event"))
    traceback = event.pop("exception", None)
    pairs = " ".join(f"{name}={value if isinstance(value, int | float) else ascii(value)}" for name, value in event.items())
    line = f"{timestamp} {level:<8} {ascii(message)[1:-1] if isinstance(message, str) else ascii(message)} {pairs}".rstrip()
    return _without_middle(f"{line}\n{traceback}" if traceback else line, MAX_LINE_LENGTH)
