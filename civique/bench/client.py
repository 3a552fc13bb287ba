"""A client over HTTP, on loopback: one connection that stays open, as a browser's."""

from dataclasses import dataclass
from http.client import HTTPConnection
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
    """Who asks for pages, one at a time, without ever keeping one: no ETag is given back."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, page: Page) -> float:
        """Seconds until the whole page is there, by the clock on the wall.

        Raises:
            CannotMeasure: the page does not answer 200.
        """
        try:
            return self._ask(page)
        except ConnectionError:  # the server closes a connection that has been idle for 30 s
            self._connection.close()
            return self._ask(page)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _ask(self, page: Page) -> float:
        headers = {"Host": page.host} | ({"Cookie": page.cookies} if page.cookies else {})
        start = perf_counter()
        self._connection.request("GET", page.address, headers=headers)
        answer = self._connection.getresponse()
        answer.read()
        spent = perf_counter() - start
        if answer.status != 200:
            raise CannotMeasure(f"http://{page.host}{page.path} answers {answer.status}")
        return spent
