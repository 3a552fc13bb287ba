"""Anonymous pages that this process keeps under their ETag, compressed, for whoever asks next."""

import threading
import zlib
from collections import OrderedDict
from dataclasses import dataclass

MOST_BYTES = 16_000_000
"""Of all kept pages together: some three thousand."""
LARGEST = 1_000_000
"""Bytes of a page, as it is sent, that is worth keeping."""
OVERHEAD = 1_500
"""Bytes that a kept page takes beside its body: key, headers, objects."""


@dataclass(frozen=True)
class KeptPage:
    """A body, compressed, and the headers that its view gave."""

    compressed: bytes
    headers: tuple[tuple[str, str], ...]

    @property
    def body(self) -> bytes:
        """The page, as it is sent."""
        return zlib.decompress(self.compressed)

    @property
    def size(self) -> int:
        """Bytes that it takes in memory, about."""
        return len(self.compressed) + OVERHEAD


class KeptPages:
    """Pages by ETag, at most so many bytes: those that nobody asked for the longest leave first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._pages: OrderedDict[str, KeptPage] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, etag: str) -> KeptPage | None:
        """The page of this ETag, if it is kept."""
        with self._lock:
            if etag not in self._pages:
                return None
            self._pages.move_to_end(etag)
            return self._pages[etag]

    def keep(self, etag: str, body: bytes, headers: tuple[tuple[str, str], ...]) -> None:
        """Keep a page, unless it is too large; others leave to make room for it."""
        if len(body) > LARGEST:
            return
        page = KeptPage(zlib.compress(body, 1), headers)
        with self._lock:
            if etag in self._pages:
                return
            self._pages[etag] = page
            self.bytes += page.size
            while self.bytes > self.most_bytes:
                self.bytes -= self._pages.popitem(last=False)[1].size
