"""A relay between a client and the services that loses answers on purpose."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Relay:
    """Passes bytes on; the answers to the next `lose` requests that begin with `to` never arrive, though they were given."""

    def __init__(self, server: str, to: bytes, lose: int) -> None:
        """`server`: an address such as http://localhost:8000."""
        parts = urlsplit(server)
        self._server = (parts.hostname or "", parts.port or 80)
        self._to, self._lose = to, lose
        self.lost = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.create_connection(self._server)
        marked = threading.Event()
        back = threading.Thread(target=self._back, args=(server, client, marked), daemon=True)
        back.start()
        with suppress(OSError):
            while data := client.recv(1 << 16):
                if data.startswith(self._to):
                    marked.set()
                server.sendall(data)
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)
        back.join()
        client.close()
        server.close()

    def _back(self, server: socket.socket, client: socket.socket, marked: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(1 << 16):
                if marked.is_set() and self.lost < self._lose:
                    self.lost += 1
                    break
                client.sendall(data)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


@contextmanager
def losing(server: str, to: bytes, lose: int) -> Iterator[Relay]:
    """A relay for as long as the block lasts."""
    relay = Relay(server, to, lose)
    try:
        yield relay
    finally:
        relay.close()
