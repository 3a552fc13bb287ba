"""A client over HTTP, on loopback: one connection that stays open, as a browser's."""

import re
import socket
from dataclasses import dataclass
from itertools import count
from time import perf_counter

from civique.bench.figure import CannotMeasure

_visits = count()


def query_of_its_own(query: str) -> str:
    """The query with an argument that no page reads and no visit had before: nobody has kept its answer."""
    own = f"visit={next(_visits)}"
    return f"{query}&{own}" if query else own


@dataclass(frozen=True)
class Page:
    """A page that answers 200: the site, the path, the cookies of who asks; whether each visit of it is the first one."""

    host: str
    path: str
    cookies: str = ""
    first: bool = False

    @property
    def address(self) -> str:
        """Path and query of the next visit."""
        path, _mark, query = self.path.partition("?")
        return f"{path}?{query_of_its_own(query)}" if self.first else self.path


class Visitor:
    """Who asks for pages, one at a time, without ever keeping one: no ETag is given back.

    It shares the processors with the servers that it measures, so it reads of an answer what tells where it ends, no more:
    ``http.client`` takes as long as a server that has kept the page.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: socket.socket | None = None

    def ask(self, page: Page) -> float:
        """Seconds until the whole page is there, by the clock on the wall.

        Raises:
            CannotMeasure: the page does not answer 200.
        """
        try:
            return self._ask(page)
        except ConnectionError:  # the server closes a connection that has been idle for 30 s
            self.close()
            return self._ask(page)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _ask(self, page: Page) -> float:
        cookies = f"Cookie: {page.cookies}\r\n" if page.cookies else ""
        asked = f"GET {page.address} HTTP/1.1\r\nHost: {page.host}\r\n{cookies}\r\n".encode()
        start = perf_counter()
        if self._connection is None:
            self._connection = socket.create_connection(("127.0.0.1", self._port), timeout=30)
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.sendall(asked)
        status = self._read_answer(self._connection)
        spent = perf_counter() - start
        if status != 200:
            raise CannotMeasure(f"http://{page.host}{page.path} answers {status}")
        return spent

    @staticmethod
    def _read_answer(connection: socket.socket) -> int:
        """Read one whole answer; gives its status. Its length is told, as that of every page of ours is."""
        answer = bytearray()
        while (head := answer.find(b"\r\n\r\n")) < 0:
            answer += _more(connection)
        length = _LENGTH.search(answer, 0, head + 2)
        if length is None:
            raise CannotMeasure("An answer does not tell its length.")
        missing = head + 4 + int(length[1]) - len(answer)
        while missing > 0:
            missing -= len(_more(connection))
        return int(answer[9:12])


_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(1 << 18)
    if not received:
        raise ConnectionResetError("The server closed the connection.")
    return received
