"""A mailbox over IMAP with TLS, as small as a client of RFC 9051 lets it be: one folder, kept in a list."""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path

USER, PASSWORD = "clinic@example.org", "a pass/word"


@dataclass
class Mail:
    """One e-mail of the mailbox."""

    content: bytes
    seen: bool = False


@dataclass
class Mailbox:
    """What the server holds; `fetched` counts how often a whole e-mail was asked for."""

    mails: list[Mail] = field(default_factory=list)
    fetched: int = 0
    commands: list[str] = field(default_factory=list)


@contextmanager
def running_imap_server(certificate: Path, key: Path) -> Iterator[tuple[str, Mailbox]]:
    """Run a server with that certificate (PEM, for "localhost"); give its address and what it holds."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    box = Mailbox()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            _Session(self, box).talk()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def get_request(self) -> tuple[ssl.SSLSocket, object]:
            connection, address = super().get_request()
            return context.wrap_socket(connection, server_side=True), address

        def handle_error(self, *_about: object) -> None:
            """Say nothing of a client that does not trust the certificate."""

    with Server(("127.0.0.1", 0), Talk) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield f"localhost:{server.server_address[1]}", box
        server.shutdown()
        thread.join(timeout=10)


class _Session:
    def __init__(self, handler: socketserver.StreamRequestHandler, box: Mailbox) -> None:
        self.read, self.write, self.box = handler.rfile, handler.wfile, box

    def talk(self) -> None:
        self.write.write(b"* OK IMAP4rev1 ready\r\n")
        while line := self.read.readline().decode().strip():
            tag, _, rest = line.partition(" ")
            self.box.commands.append(rest)
            name = rest.split()[0].upper()
            self.write.write(f"{tag} {self._answer(name, rest)}\r\n".encode())
            if name == "LOGOUT":
                return

    def _answer(self, name: str, rest: str) -> str:
        if name == "CAPABILITY":
            self.write.write(b"* CAPABILITY IMAP4rev1\r\n")
        elif name == "LOGIN" and rest != f'LOGIN {USER} "{PASSWORD}"':
            return "NO wrong"
        elif name == "SELECT":
            self.write.write(f"* {len(self.box.mails)} EXISTS\r\n".encode())
            return "OK selected" if "Answers" in rest or "INBOX" in rest else "NO there is none"
        elif name == "UID":
            self._by_uid(rest.split(" ", 3)[1:])
        return "OK done"

    def _by_uid(self, words: list[str]) -> None:
        if words[0] == "SEARCH":
            found = [str(number) for number, mail in enumerate(self.box.mails, 1) if not mail.seen]
            self.write.write(f"* SEARCH {' '.join(found)}\r\n".encode())
            return
        mail = self.box.mails[int(words[1]) - 1]
        if words[0] == "STORE":
            mail.seen = "Seen" in words[2]
        elif re.search(r"HEADER", words[2]):
            given = message_from_bytes(mail.content)["Message-ID"]
            header = f"Message-ID: {given}\r\n\r\n".encode() if given else b"\r\n"
            about = f"UID {words[1]} RFC822.SIZE {len(mail.content)} BODY[HEADER.FIELDS (MESSAGE-ID)]"
            self._literal(words[1], about, header)
        else:
            self.box.fetched += 1
            self._literal(words[1], f"UID {words[1]} BODY[]", mail.content)

    def _literal(self, number: str, about: str, content: bytes) -> None:
        self.write.write(f"* {number} FETCH ({about} {{{len(content)}}}\r\n".encode() + content + b")\r\n")
