"""A relay between a client and the services that loses responses on purpose."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Relay:
    """Passes bytes on, but drops the responses to the next `lose` requests that begin with `to`."""

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
        """Accept no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.create_connection(self._server)
        drop_response = threading.Event()
        responses = threading.Thread(target=self._pass_responses, args=(server, client, drop_response), daemon=True)
        responses.start()
        with suppress(OSError):
            while data := client.recv(1 << 16):
                if data.startswith(self._to):
                    drop_response.set()
                server.sendall(data)
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)
        responses.join()
        client.close()
        server.close()

    def _pass_responses(self, server: socket.socket, client: socket.socket, drop_response: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(1 << 16):
                if drop_response.is_set() and self.lost < self._lose:
                    self.lost += 1
                    break
                client.sendall(data)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)


@contextmanager
def losing(server: str, to: bytes, lose: int) -> Iterator[Relay]:
    """Run a relay during the block."""
    relay = Relay(server, to, lose)
    try:
        yield relay
    finally:
        relay.close()
