"""Doors for TCP between two networks: a port of one's own loopback that leads across the link to the other's."""

import socket
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from tests.line.namespaces import Namespace

BLOCK = 65_536


class _Doors(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128


@contextmanager
def door(network: Namespace, at: tuple[str, int], to: tuple[str, int]) -> Iterator[None]:
    """Let whoever connects to `at` in a network reach `to`, both as that network knows them, for a block's length."""

    class Passage(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection(to) as beyond:
                back = Thread(target=_copy, args=(beyond, self.request), daemon=True)
                back.start()
                _copy(self.request, beyond)
                back.join()

        def finish(self) -> None:
            self.request.close()

    server = network.run(lambda: _quiet(_Doors(at, Passage)))
    thread = Thread(target=lambda: network.run(lambda: server.serve_forever(0.2)), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _quiet(server: _Doors) -> _Doors:
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign] # a line that breaks is what is tested
    return server


def _copy(source: socket.socket, sink: socket.socket) -> None:
    """Pass on what comes until one side ends, and end the other."""
    try:
        while block := source.recv(BLOCK):
            sink.sendall(block)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, sink):
            end.close()
