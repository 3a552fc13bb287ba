"""What people upload: what a file is, pictures made safe and light, scripts inside PDF documents."""

import io
import mmap
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")
MAX_PIXELS = 24_000_000
QUALITY = 80
LONGEST_SIDE = 16_383
"""Pixels: a limit of WebP."""

OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "application/vnd.oasis.opendocument.text",
    b"application/vnd.oasis.opendocument.spreadsheet": "application/vnd.oasis.opendocument.spreadsheet",
}
OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"%PDF-": "application/pdf",
    b"\x7fELF": "application/x-executable",
    b"MZ": "application/x-executable",
    b"#!": "application/x-executable",
    b"\xfe\xed\xfa\xce": "application/x-executable",  # Mach-O, 32 and 64 bits, both orders of bytes, universal
    b"\xfe\xed\xfa\xcf": "application/x-executable",
    b"\xce\xfa\xed\xfe": "application/x-executable",
    b"\xcf\xfa\xed\xfe": "application/x-executable",
    b"\xca\xfe\xba\xbe": "application/x-executable",
}
HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}

PDF_NAME = re.compile(rb"/([^\x00\t\n\x0c\r /<>\[\](){}%]{2,60})")
PDF_STREAM = re.compile(rb"(?<!end)stream\r?\n")
PDF_RISKS = {b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles"}
PDF_LOOKED_FOR = PDF_RISKS | {b"JS", b"ObjStm", b"Encrypt", b"Predictor"}
PDF_MOST_STREAMS = 20_000
PDF_STREAM_LIMIT = 8_000_000
PDF_TOTAL_LIMIT = 64_000_000
"""Bytes inflated at most, from one stream and from a whole document."""


class PictureRefused(ValueError):
    """A picture is not accepted; `reason` is `format`, `too_many_pixels` or `broken`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Picture:
    """A WebP picture without metadata: its bytes, its width and height in pixels."""

    webp: bytes
    width: int
    height: int


def prepare_picture(source: bytes | Path, max_width: int = 1600) -> Picture:
    """Return the picture upright, at most `max_width` pixels wide, as WebP, without place, date or camera.

    JPEG, PNG, WebP, GIF (its first image) and HEIC are accepted, up to 24 million pixels, which the header says before
    anything is decoded. For a thumbnail, give a small `max_width`. Raises PictureRefused.
    """
    from PIL import Image, ImageOps

    with _open(source) as image:
        try:
            image.draft(None, (max_width, max_width))  # a large JPEG is decoded smaller
            flat = _in_plain_colours(ImageOps.exif_transpose(image))
        except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
            raise PictureRefused("broken") from error
    scale = min(1, max_width / flat.width, LONGEST_SIDE / flat.height)
    if scale < 1:
        size = max(1, round(flat.width * scale)), max(1, round(flat.height * scale))
        flat = flat.resize(size, Image.Resampling.LANCZOS)
    output = io.BytesIO()
    flat.save(output, "WEBP", quality=QUALITY)  # Pillow writes no metadata but what it is given here
    return Picture(output.getvalue(), flat.width, flat.height)


@contextmanager
def _open(source: bytes | Path) -> "Iterator[Image.Image]":
    """Read the header of a picture and refuse by it what would not fit in memory."""
    from PIL import Image

    if "HEIF" not in Image.OPEN:
        import pillow_heif

        pillow_heif.register_heif_opener()
    with source.open("rb") if isinstance(source, Path) else io.BytesIO(source) as file:
        head = file.read(4_096)
        file.seek(0)
        try:
            image = Image.open(file, formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise PictureRefused("too_many_pixels") from error
        except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
            known = (sniff(head) or "").startswith("image/")
            raise PictureRefused("broken" if known else "format") from error
        with image:
            if image.width * image.height > MAX_PIXELS:
                raise PictureRefused("too_many_pixels")
            yield image


def _in_plain_colours(image: "Image.Image") -> "Image.Image":
    if image.mode in ("RGB", "RGBA"):
        return image
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.convert("I").point(lambda level: level * (1 / 256)).convert("L").convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def sniff(head: bytes) -> str | None:
    """Return the MIME type that the first bytes of a file (some 4,000) tell, whatever its name; None when unknown.

    Office documents are application/zip when the beginning does not tell more. A program or a script is
    application/x-executable; text with markup is text/html, so that nobody takes it for harmless text.
    """
    for magic, mime in MAGIC.items():
        if head.startswith(magic):
            return mime
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return "image/heic" if head[8:12] in HEIC_BRANDS and b"avif" not in head[8:64] else None
    if head.startswith(b"PK\x03\x04"):
        return _sniff_zip(head)
    return _sniff_text(head)


def _sniff_zip(head: bytes) -> str:
    for start in (match.start() for match in re.finditer(rb"PK\x03\x04", head)):
        name_length = int.from_bytes(head[start + 26 : start + 28], "little")
        content = start + 30 + name_length + int.from_bytes(head[start + 28 : start + 30], "little")
        name = head[start + 30 : start + 30 + name_length]
        if start == 0 and name == b"mimetype":
            size = int.from_bytes(head[18:22], "little")
            return OPEN_DOCUMENT.get(head[content : content + size], "application/zip")
        for folder, mime in OFFICE.items():
            if name.startswith(folder):
                return mime
    return "application/zip"


def _sniff_text(head: bytes) -> str | None:
    if not head or re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]", head):
        return None
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        return "text/html"
    lines = text.splitlines()[:2]
    for separator in (b";", b",", b"\t"):
        counts = {line.count(separator) for line in lines}
        if len(lines) == 2 and len(counts) == 1 and counts != {0}:
            return "text/csv"
    return "text/plain"


def pdf_has_script(path: Path) -> bool:
    """Tell whether a PDF holds JavaScript, starts a program, or carries files; or hides what it holds from us.

    Looks at every name, `#xx` escapes included, in the file and in what its compressed streams hold. A document that
    is encrypted or packed so that its objects cannot be seen is answered True. Memory is bounded whatever the file.
    """
    if path.stat().st_size == 0:
        return False
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        names = _names(data)
        if names & PDF_RISKS or (b"Encrypt" in names and b"ObjStm" in names):
            return True
        return _script_outside_streams(data) or _script_in_streams(data)


def _names(text: bytes | mmap.mmap, start: int = 0, end: int | None = None) -> set[bytes]:
    """Return those of the names looked for that are in `text`."""
    found = set()
    for match in PDF_NAME.finditer(text, start, len(text) if end is None else end):
        name = re.sub(rb"#([0-9a-fA-F]{2})", lambda escape: bytes([int(escape[1], 16)]), match[1])
        if name in PDF_LOOKED_FOR:
            found.add(name)
    return found


def _script_outside_streams(data: mmap.mmap) -> bool:
    """Look for the short name /JS where it means something: compressed pictures hold these three bytes by chance."""
    position = 0
    while position < len(data):
        stream = PDF_STREAM.search(data, position)
        if b"JS" in _names(data, position, stream.start() if stream else None):
            return True
        end = data.find(b"endstream", stream.end()) if stream else -1
        if end < 0:
            break
        position = end + len(b"endstream")
    return False


def _script_in_streams(data: mmap.mmap) -> bool:
    left = PDF_TOTAL_LIMIT
    # Each keyword, even inside what looks like another stream: a false beginning could hide a true one.
    for number, match in enumerate(PDF_STREAM.finditer(data)):
        if number >= PDF_MOST_STREAMS:
            return True
        # Not beyond the keyword `obj`, nor too far: only to know whether this stream holds objects.
        before = data[max(0, match.start() - 4_096) : match.start()].rpartition(b"obj")[2]
        holds_objects = b"ObjStm" in _names(before)
        inflated, complete = _inflate(data, match.end(), min(left, PDF_STREAM_LIMIT))
        left -= len(inflated)
        names = _names(inflated)
        if names & PDF_RISKS or (b"JS" in names and re.match(rb"\s*\d+\s+\d+", inflated)):
            return True
        if holds_objects and (not complete or b"Predictor" in _names(before)):
            return True
    return False


def _inflate(data: mmap.mmap, start: int, limit: int) -> tuple[bytes, bool]:
    """Return what a compressed stream holds, at most `limit` bytes, and whether this is all of it."""
    engine = zlib.decompressobj()
    output = bytearray()
    position = start
    try:
        while not engine.eof and len(output) < limit and position < len(data):
            piece = engine.unconsumed_tail or data[position : (position := position + 65_536)]
            output += engine.decompress(piece, limit - len(output))
    except zlib.error:
        pass
    return bytes(output), engine.eof
