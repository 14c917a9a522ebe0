"""Serves an application on an address until it is asked to stop."""

import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from starlette.types import ASGIApp

from cli.server.strict_protocol import strict
from shared import logs
from shared.settings import Settings

DRAIN_S = 10  # for requests under way when it stops


class ServingError(RuntimeError):
    """The application cannot be served; the message says why."""


def bind(host: str, port: int) -> socket.socket:
    """A socket at the address; port 0 takes a free one. Raises ServingError."""
    try:
        return socket.create_server((host, port), backlog=2048, family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise ServingError(f"cannot listen on {host}:{port} ({error.strerror}): choose another port with --port") from error


def address(listener: socket.socket) -> str:
    """How a person on this machine reaches the socket."""
    host, port, *_ = listener.getsockname()
    return f"http://{'localhost' if host in ('0.0.0.0', '::', '127.0.0.1') else host}:{port}"  # noqa: S104 - names all interfaces


@contextmanager
def serving(app: ASGIApp, listener: socket.socket, settings: Settings) -> Iterator[threading.Event]:
    """Serve on a thread for as long as the block lasts; then answer what is under way, and stop.

    The event is set when the thread ends by itself. It is what to wait for: a signal that interrupts `Thread.join` makes Python
    take a running thread for one that has ended, and everything is taken down under it.
    Raises ServingError where the application does not start; its log says why.
    """
    config = uvicorn.Config(
        app,
        http=strict(settings.head_patience_s),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=DRAIN_S,
        proxy_headers=settings.trusted_proxies is not None,
        forwarded_allow_ips=settings.trusted_proxies,
    )
    server = uvicorn.Server(config)
    with closing(listener):
        over = threading.Event()

        def serve() -> None:
            try:
                server.run([listener])
            finally:
                over.set()

        thread = threading.Thread(target=serve, name="serving")
        thread.start()
        try:
            while not server.started:
                if over.is_set():
                    raise ServingError("the services did not start: see the log above")
                time.sleep(0.01)
            yield over
        finally:
            server.should_exit = True
            over.wait()
            thread.join()


@contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """Lead the lines of services that were made before into a file, for as long as the block lasts."""
    with path.open("a", encoding="utf-8", buffering=1) as file:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(file))
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(file)
        try:
            yield
        finally:
            logging.getLogger().handlers.clear()


def set_up_process(settings: Settings) -> None:
    """Lead all logging into our lines, and make SIGTERM end the process the way Ctrl-C does: in order."""
    logs.configure_process(settings.log_format)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # tells every start that there is nothing to do

    def leave(_signal: int, _frame: Any) -> None:  # noqa: ANN401 - the interpreter's own type
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
