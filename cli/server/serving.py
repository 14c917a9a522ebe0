"""Serves an application on a socket until it receives a signal to stop."""

import gc
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

from cli.server.strict_protocol import strict_protocol
from shared import logs
from shared.settings import Settings

SHUTDOWN_GRACE_S = 10  # for requests in progress
_SWITCH_S = 0.001  # after which a thread lets others run: the event loop waits for it several times in a request


class ServingError(RuntimeError):
    """The application cannot be served; the message gives the reason."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 chooses a free port. Raises ServingError."""
    try:
        return socket.create_server((host, port), backlog=2048, family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise ServingError(f"cannot listen on {host}:{port} ({error.strerror}): choose another port with --port") from error


def base_url(listener: socket.socket) -> str:
    """Return the URL that reaches the socket from this machine."""
    host, port, *_ = listener.getsockname()
    return f"http://{'localhost' if host in ('0.0.0.0', '::', '127.0.0.1') else host}:{port}"  # noqa: S104 - names all interfaces


@contextmanager
def serving(app: ASGIApp, listener: socket.socket, settings: Settings) -> Iterator[threading.Event]:
    """Serve on a thread during the block; after it, finish the requests in progress and stop.

    Yields an event that is set when the thread ends by itself. Wait for the event, not for the thread: a signal that interrupts
    `Thread.join` makes Python treat the running thread as ended.
    Raises ServingError if the application does not start or ends by itself; the log gives the reason.
    """
    config = uvicorn.Config(
        app,
        http=strict_protocol(settings.head_patience_s),
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=SHUTDOWN_GRACE_S,
        proxy_headers=settings.trusted_proxies is not None,
        forwarded_allow_ips=settings.trusted_proxies,
    )
    server = uvicorn.Server(config)
    with closing(listener):
        stopped = threading.Event()

        def serve() -> None:
            try:
                server.run([listener])
            finally:
                stopped.set()

        thread = threading.Thread(target=serve, name="serving")
        thread.start()
        try:
            while not server.started:
                if stopped.is_set():
                    raise ServingError("the services did not start: see the log above")
                time.sleep(0.01)
            gc.collect()
            gc.freeze()  # what was loaded lives as long as the process; each full collection would look through all of it
            yield stopped
            if stopped.is_set():
                raise ServingError("the services ended by themselves: see the log above")
        finally:
            gc.unfreeze()
            server.should_exit = True
            stopped.wait()
            thread.join()


@contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """Redirect the logs of existing services to a file during the block."""
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
    """Configure logging, and make SIGTERM and Ctrl-C end the process in order."""
    logs.configure_process(settings.log_format)
    sys.setswitchinterval(_SWITCH_S)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # at INFO it logs at each start that there is nothing to migrate

    def leave(_signal: int, _frame: Any) -> None:  # noqa: ANN401 - the interpreter's own type
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
