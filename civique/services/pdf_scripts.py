"""Programs, files and forms that send inside PDF documents. Time and memory grow as the document does, whatever it holds."""

import mmap
import re
import zlib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

_ENDS = rb"\x00\t\n\x0c\r /<>\[\](){}%"
RISKS = frozenset(
    {
        b"JavaScript",
        b"Launch",
        b"EmbeddedFile",
        b"EmbeddedFiles",
        b"GoToE",
        b"RichMedia",
        b"SubmitForm",
        b"ImportData",
        b"XFA",
    }
)
LOOKED_FOR = RISKS | {b"JS", b"ObjStm", b"Encrypt", b"Predictor"}
PLAIN = re.compile(rb"/(" + b"|".join(sorted(LOOKED_FOR, reverse=True)) + rb")(?=[" + _ENDS + rb"]|\Z)")
ESCAPED = re.compile(rb"/([^" + _ENDS + rb"#]{0,58}#[^" + _ENDS + rb"]{1,58})")
ESCAPE = re.compile(rb"#([0-9a-fA-F]{2})")
STREAM = re.compile(rb"(?<!end)stream\r?\n")
MOST_SLASHES, MOST_NAMES, MOST_STREAMS = 1_500_000, 100_000, 20_000
STREAM_LIMIT = 8_000_000
TOTAL_LIMIT = 40_000_000
"""Bytes inflated at most, from one stream and from a whole document."""
DICTIONARY = 4_096
"""Bytes before a stream in which its dictionary is looked for."""

Places = Mapping[bytes, Sequence[int]]


class _NotTrusted(Exception):
    """So much is to be looked at that it can only be meant to hide something."""


def pdf_has_script(source: Path | IO[bytes]) -> bool:
    """Tell whether a PDF holds JavaScript, starts a program, carries files or media that run, sends or fetches what is typed
    in it; or hides what it holds from us.

    Looks at every name, `#xx` escapes included, in the file and in what its compressed streams hold. A document that
    is encrypted or packed so that its objects cannot be seen is answered True.
    """
    if isinstance(source, Path):
        with source.open("rb") as file:
            return pdf_has_script(file)
    if source.seek(0, 2) == 0:
        return False
    with mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            return _has_script(data)
        except _NotTrusted:
            return True


def read_scripts(source: IO[bytes]) -> tuple[bool, list[bytes]]:
    """What the process of ``analysis`` runs."""
    return pdf_has_script(source), []


def _has_script(data: mmap.mmap) -> bool:
    places = _places(data)
    if places.keys() & RISKS or (places.get(b"Encrypt") and places.get(b"ObjStm")):
        return True
    # The short name /JS means something outside streams: compressed pictures hold these three bytes by chance.
    return any(_between(places, b"JS", *outside) for outside in _outside_streams(data)) or _in_streams(data, places)


def _places(text: bytes | mmap.mmap) -> Places:
    """Where each of the names looked for is in a text."""
    if text[:].count(b"/") > MOST_SLASHES:
        raise _NotTrusted
    found: dict[bytes, list[int]] = defaultdict(list)
    for number, (place, name) in enumerate(_names(text)):
        if number >= MOST_NAMES:
            raise _NotTrusted
        if name in LOOKED_FOR:
            found[name].append(place)
    return {name: sorted(where) for name, where in found.items()}


def _names(text: bytes | mmap.mmap) -> Iterator[tuple[int, bytes]]:
    for match in PLAIN.finditer(text):
        yield match.start(), match[1]
    for match in ESCAPED.finditer(text):
        yield match.start(), ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), match[1])


def _between(places: Places, name: bytes, start: int, end: int) -> bool:
    where = places.get(name, ())
    first = bisect_left(where, start)
    return first < len(where) and where[first] < end


def _outside_streams(data: mmap.mmap) -> Iterator[tuple[int, int]]:
    position = 0
    while position < len(data):
        stream = STREAM.search(data, position)
        yield position, stream.start() if stream else len(data)
        end = data.find(b"endstream", stream.end()) if stream else -1
        if end < 0:
            return
        position = end + len(b"endstream")


def _in_streams(data: mmap.mmap, places: Places) -> bool:
    left = TOTAL_LIMIT
    # Each keyword, even inside what looks like another stream: a false beginning could hide a true one.
    for number, match in enumerate(STREAM.finditer(data)):
        if number >= MOST_STREAMS:
            return True
        # Not beyond the keyword `obj`, nor too far: only to know whether this stream holds objects.
        before = max(0, match.start() - DICTIONARY)
        before = max(before, data.rfind(b"obj", before, match.start()))
        holds_objects = _between(places, b"ObjStm", before, match.start())
        inflated, complete = _inflate(data, match.end(), min(left, STREAM_LIMIT))
        left -= len(inflated)
        inside = _places(inflated)
        if inside.keys() & RISKS or (b"JS" in inside and re.match(rb"\s*\d+\s+\d+", inflated)):
            return True
        if holds_objects and (not complete or _between(places, b"Predictor", before, match.start())):
            return True
    return False


def _inflate(data: mmap.mmap, start: int, limit: int) -> tuple[bytes, bool]:
    """Return what a compressed stream holds, at most `limit` bytes, and whether this is all of it."""
    engine = zlib.decompressobj()
    output = bytearray()
    position, step = start, 256  # what is no compressed stream is seen at once
    try:
        while not engine.eof and len(output) < limit and position < len(data):
            piece = engine.unconsumed_tail or data[position : (position := position + step)]
            output += engine.decompress(piece, limit - len(output))
            step = min(step * 4, 65_536)
    except zlib.error:
        pass
    return bytes(output), engine.eof
