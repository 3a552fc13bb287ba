"""What people upload: what a file is, pictures made safe and light."""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")
MOST_PIXELS = {"JPEG": 51_000_000, "HEIF": 51_000_000}
"""Of the photos of telephones: « 50 megapixels » are 8192 × 6144."""
MOST_OTHER_PIXELS = 24_000_000
LONGEST_READ = 30_000
"""Pixels of a side: a picture of one pixel by millions is no picture."""
QUALITY = 80
LONGEST_SIDE = 16_383
"""Pixels: a limit of WebP."""
ORIENTATION = 0x0112
"""Number of the tag of Exif that says how the camera was held; each turn puts the picture upright."""
# Pillow's own numbers: it is loaded only where there is a picture.
LANCZOS, REDUCED = 1, 3.0
TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}
BAND = 64
"""Rows of a HEIC photo, once reduced, that are made at once."""

OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "application/vnd.oasis.opendocument.text",
    b"application/vnd.oasis.opendocument.spreadsheet": "application/vnd.oasis.opendocument.spreadsheet",
}
OFFICE = {
    b"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
OLD_OFFICE = "application/x-ole-storage"
"""Documents of former programs, whose content cannot be looked at: .doc, .xls, .rtf; those with a password too."""
MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"%PDF-": "application/pdf",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": OLD_OFFICE,
    b"{\\rtf": OLD_OFFICE,
    b"\x7fELF": "application/x-executable",
    b"MZ": "application/x-executable",
    b"#!": "application/x-executable",
    b"\xfe\xed\xfa\xce": "application/x-executable",  # Mach-O, 32 and 64 bits, both orders of bytes, universal
    b"\xfe\xed\xfa\xcf": "application/x-executable",
    b"\xce\xfa\xed\xfe": "application/x-executable",
    b"\xcf\xfa\xed\xfe": "application/x-executable",
    b"\xca\xfe\xba\xbe": "application/x-executable",
}
MARKUP = re.compile(
    rb"<\s*(?:!doctype|\?xml|html|head|body|script|svg|iframe|object|embed|meta|link|style|form|img)\b", re.IGNORECASE
)
HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}


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


def prepare_picture(source: bytes | Path | IO[bytes], max_width: int = 1600) -> Picture:
    """Return the picture upright, at most `max_width` pixels wide, as :func:`prepare_pictures` does."""
    return prepare_pictures(source, (max_width,))[0]


def prepare_pictures(source: bytes | Path | IO[bytes], widths: Sequence[int]) -> list[Picture]:
    """Return the picture upright, at most as wide as each of `widths` (the largest first), as WebP, without place, date or
    camera.

    JPEG, PNG, WebP, GIF (its first image) and HEIC are accepted, as large as MOST_PIXELS and LONGEST_READ say, which the
    header tells before anything is decoded. Memory grows with what is kept, not with the photo, for JPEG; it is five bytes a
    pixel for HEIC and eight for the others. Raises PictureRefused.
    """
    with _open(source) as (image, file):
        try:
            picture = _upright(image, file, widths[0])
        except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
            raise PictureRefused("broken") from error
    return [_kept(picture, width) for width in widths]


def read_pictures(source: IO[bytes], *widths: int) -> tuple[Any, list[bytes]]:
    """What the process of ``analysis`` runs: the sizes of the pictures, or why they are refused, then the pictures."""
    try:
        found = prepare_pictures(source, widths)
    except PictureRefused as refused:
        return refused.reason, []
    return [(picture.width, picture.height) for picture in found], [picture.webp for picture in found]


def _kept(picture: "Image.Image", max_width: int) -> Picture:
    output = io.BytesIO()
    size = _within(picture.size, max_width)
    small = picture if size == picture.size else picture.resize(size, resample=LANCZOS, reducing_gap=REDUCED)
    small.save(output, "WEBP", quality=QUALITY)  # Pillow writes no metadata but what it is given here
    return Picture(output.getvalue(), small.width, small.height)


def _within(size: tuple[int, int], max_width: int) -> tuple[int, int]:
    width, height = size
    scale = min(1, max_width / width, LONGEST_SIDE / height)
    return (max(1, round(width * scale)), max(1, round(height * scale)))


def _upright(image: "Image.Image", file: IO[bytes], max_width: int) -> "Image.Image":
    """The picture, as its camera was held, and as small as it will be kept: turned last, when there is little to turn."""
    from PIL import Image

    heic = image.format == "HEIF"  # its reader turns it
    orientation = 1 if heic else image.getexif().get(ORIENTATION, 1)
    lies = orientation in {5, 6, 7, 8}
    width, height = _within(image.size[::-1] if lies else image.size, max_width)
    size = (height, width) if lies else (width, height)
    image.draft(None, size)  # a large JPEG is decoded smaller
    plain = _reduced_heic(image, file, size) if heic else _in_plain_colours(image)
    small = plain.resize(size, resample=LANCZOS, reducing_gap=REDUCED) if plain.size != size else plain
    small.load()  # what is broken is seen here
    turn = TURNS.get(orientation)
    return small.transpose(Image.Transpose(turn)) if turn is not None else small


def _reduced_heic(image: "Image.Image", file: IO[bytes], size: tuple[int, int]) -> "Image.Image":
    """A HEIC photo made smaller band by band, without a second copy of all its pixels."""
    import pillow_heif
    from PIL import Image

    factor = min(image.width // size[0], image.height // size[1])
    if factor < 2:
        return _in_plain_colours(image)
    file.seek(0)
    heif = pillow_heif.open_heif(file, convert_hdr_to_8bit=True)
    pixels: Any = memoryview(heif.data)
    width, height = heif.size
    small = Image.new(heif.mode, (-(-width // factor), -(-height // factor)))
    for top in range(0, height, BAND * factor):
        rows = min(BAND * factor, height - top)
        part = pixels[top * heif.stride : (top + rows) * heif.stride]
        band = Image.frombuffer(heif.mode, (width, rows), part, "raw", heif.mode, heif.stride, 1)
        small.paste(band.reduce(factor), (0, top // factor))
    return _in_plain_colours(small)


@contextmanager
def _open(source: bytes | Path | IO[bytes]) -> "Iterator[tuple[Image.Image, IO[bytes]]]":
    """Read the header of a picture and refuse by it what would not fit in memory."""
    from PIL import Image

    if "HEIF" not in Image.OPEN:
        import pillow_heif

        pillow_heif.register_heif_opener(decode_threads=1, thumbnails=False, aux_images=False, depth_images=False)
    with _opened(source) as file:
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
            most = MOST_PIXELS.get(str(image.format), MOST_OTHER_PIXELS)
            if image.width * image.height > most or max(image.size) > LONGEST_READ:
                raise PictureRefused("too_many_pixels")
            yield image, file


@contextmanager
def _opened(source: bytes | Path | IO[bytes]) -> Iterator[IO[bytes]]:
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
    else:
        yield io.BytesIO(source) if isinstance(source, bytes) else source


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
    if text.startswith(b"<") or MARKUP.search(text):
        return "text/html"
    lines = text.splitlines()[:2]
    for separator in (b";", b",", b"\t"):
        counts = {line.count(separator) for line in lines}
        if len(lines) == 2 and len(counts) == 1 and counts != {0}:
            return "text/csv"
    return "text/plain"
