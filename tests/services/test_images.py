import io
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pillow_heif
import pytest
import xlsxwriter
from PIL import Image, ImageOps

from civique.services.images import PictureRefused, prepare_picture, prepare_pictures, sniff


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    pillow_heif.register_heif_opener()
    output = io.BytesIO()
    image.save(output, kind, **options)
    return output.getvalue()


def decoded(webp: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(webp))
    assert image.format == "WEBP"
    return image


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_bomb(side: int) -> bytes:
    """A black picture of `side` x `side` pixels, of one bit each: 110 kB for 900 megapixels."""
    engine = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    rows = b"".join(engine.compress(row) for _ in range(side)) + engine.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


MODES = {
    "JPEG": ["RGB", "L", "1", "CMYK"],
    "PNG": ["RGB", "L", "RGBA", "P", "LA", "1", "I;16"],
    "WEBP": ["RGB", "RGBA"],
    "GIF": ["RGB", "L", "RGBA", "P", "LA", "1"],
    "HEIF": ["RGB", "L", "RGBA", "LA", "I;16"],
}


@pytest.mark.parametrize(("kind", "mode"), [(kind, mode) for kind, modes in MODES.items() for mode in modes])
def test_the_formats_accepted(kind: str, mode: str, tmp_path: Path) -> None:
    data = encoded(Image.new(mode, (64, 40)), kind)
    (tmp_path / "picture").write_bytes(data)
    for source in (data, tmp_path / "picture"):
        picture = prepare_picture(source)
        assert (picture.width, picture.height) == (64, 40)
        assert decoded(picture.webp).size == (64, 40)


@pytest.mark.parametrize("kind", ["BMP", "TIFF", "ICO", "PPM", "TGA", "PCX", "AVIF"])
def test_the_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(PictureRefused) as refusal:
        prepare_picture(encoded(Image.new("RGB", (64, 40)), kind))
    assert refusal.value.reason in ("format", "broken")


def test_colours_and_transparency_are_kept() -> None:
    image = decoded(prepare_picture(encoded(Image.new("RGBA", (10, 10), (200, 10, 10, 0)), "PNG")).webp)
    assert image.mode == "RGBA"
    assert image.getpixel((5, 5))[3] == 0  # type: ignore[index]
    grey = decoded(prepare_picture(encoded(Image.new("I;16", (10, 10), 128 * 256), "PNG")).webp).convert("L")
    assert abs(int(grey.getpixel((5, 5))) - 128) < 4  # type: ignore[arg-type]


def test_a_large_picture_is_made_smaller_and_a_small_one_is_not_enlarged() -> None:
    data = encoded(Image.new("RGB", (4000, 3000), "navy"), "JPEG")
    assert (prepare_picture(data).width, prepare_picture(data).height) == (1600, 1200)
    thumbnail = prepare_picture(data, max_width=320)
    assert (thumbnail.width, thumbnail.height) == (320, 240)
    assert prepare_picture(encoded(Image.new("RGB", (30, 20)), "PNG")).width == 30


def test_a_very_tall_picture_fits_the_format() -> None:
    picture = prepare_picture(encoded(Image.new("1", (3, 30_000)), "PNG"))
    assert (picture.width, picture.height) == (2, 16_383)


def test_the_picture_is_upright_and_says_nothing_else() -> None:
    image = Image.new("RGB", (80, 40), "navy")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "Appareil de Zoé"
    exif.get_ifd(0x8825)[1] = "N"
    for kind in ("JPEG", "WEBP", "PNG"):
        options = {"exif": exif, "icc_profile": b"secret profile", "xmp": b"<x:secret/>", "comment": b"secret"}
        webp = prepare_picture(encoded(image, kind, **options)).webp
        result = decoded(webp)
        assert result.size == (40, 80)
        assert not result.getexif()
        assert set(result.info) <= {"loop", "background", "timestamp", "duration"}
        assert b"secret" not in webp
        assert b"Zo" not in webp


def test_only_the_first_image_of_an_animation_is_kept() -> None:
    first, second = Image.new("RGB", (20, 20), "red"), Image.new("RGB", (20, 20), "blue")
    data = encoded(first, "GIF", save_all=True, append_images=[second])
    image = decoded(prepare_picture(data).webp)
    assert getattr(image, "n_frames", 1) == 1
    red, _, blue = image.convert("RGB").getpixel((10, 10))  # type: ignore[misc]
    assert red > 200 > 50 > blue


MEASURE = """
import resource, sys
from pathlib import Path
from civique.services.images import PictureRefused, prepare_picture
from PIL import Image
import pillow_heif
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    prepare_picture(Path(sys.argv[1]))
except PictureRefused as refusal:
    print(refusal.reason, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF", "GIF", "JPEG"])
def test_a_bomb_is_refused_by_its_header(kind: str, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb"
    if kind == "PNG":
        bomb.write_bytes(png_bomb(30_000))
    elif kind == "WEBP":
        small = encoded(Image.new("RGB", (64, 64)), kind, lossless=True)
        start = small.index(b"VP8L") + 9
        size_bits = int.from_bytes(small[start : start + 4], "little") >> 28 << 28 | 12_999 << 14 | 12_999
        bomb.write_bytes(small[:start] + size_bits.to_bytes(4, "little") + small[start + 4 :])
    elif kind == "HEIF":
        small = encoded(Image.new("RGB", (64, 64)), kind)
        size = struct.pack(">II", 64, 64)
        assert size in small
        bomb.write_bytes(small.replace(size, struct.pack(">II", 30_000, 30_000)))
    elif kind == "GIF":
        small = encoded(Image.new("L", (64, 64)), kind)
        bomb.write_bytes(small[:6] + struct.pack("<HH", 60_000, 60_000) + small[10:])
    else:
        small = encoded(Image.new("L", (64, 64)), kind)
        start = small.index(b"\xff\xc0") + 5
        bomb.write_bytes(small[:start] + struct.pack(">HH", 60_000, 60_000) + small[start + 4 :])
    assert bomb.stat().st_size < 1_000_000
    result = subprocess.run([sys.executable, "-c", MEASURE, bomb], capture_output=True, text=True, check=True)
    reason, megabytes = result.stdout.split()
    assert reason == "too_many_pixels"
    assert int(megabytes) < 40


def test_photos_have_fifty_megapixels_and_other_pictures_twenty_four() -> None:
    assert prepare_picture(encoded(Image.new("1", (6000, 4000)), "PNG")).width == 1600
    with pytest.raises(PictureRefused, match="too_many_pixels"):
        prepare_picture(encoded(Image.new("1", (6001, 4000)), "PNG"))
    assert prepare_picture(encoded(Image.new("L", (8192, 6144)), "JPEG")).width == 1600
    with pytest.raises(PictureRefused, match="too_many_pixels"):
        prepare_picture(encoded(Image.new("L", (8300, 6150)), "JPEG"))


def test_a_side_of_millions_is_refused_by_the_header() -> None:
    tall = encoded(Image.new("1", (1, 30_001)), "PNG")
    with pytest.raises(PictureRefused, match="too_many_pixels"):
        prepare_picture(tall)


@pytest.mark.parametrize("kind", ["HEIF", "JPEG", "PNG"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_photo_made_smaller_is_the_same_photo(kind: str, mode: str) -> None:
    """Dark above, light below, a mark on the right: also through the bands by which a HEIC photo is read."""
    image = Image.new(mode, (2003, 1501), "#202020" if mode == "RGB" else 32)
    image.paste("#e0e0e0" if mode == "RGB" else 224, (0, 750, 2003, 1501))
    image.paste("#ffffff" if mode == "RGB" else 255, (1900, 0, 2003, 100))
    pictures = prepare_pictures(encoded(image, kind), (400, 100))
    assert [(picture.width, picture.height) for picture in pictures] == [(400, 300), (100, 75)]
    for picture in pictures:
        shown, size = decoded(picture.webp).convert("L"), picture.width
        for x, y, level in ((0.3, 0.3, 32), (0.3, 0.6, 224), (0.98, 0.02, 255), (0.5, 0.73, 224)):
            assert abs(int(shown.getpixel((int(x * size), int(y * size)))) - level) < 16  # type: ignore[arg-type]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_each_way_to_hold_a_camera(orientation: int) -> None:
    """As Pillow itself turns it; a large one too."""
    image = Image.new("RGB", (64, 48), "black")
    image.paste("white", (0, 0, 32, 12))
    exif = Image.Exif()
    exif[0x0112] = orientation
    for factor in (1, 40):
        data = encoded(image.resize((64 * factor, 48 * factor)), "JPEG", exif=exif, quality=95)
        expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("L")
        found = decoded(prepare_picture(data, max_width=64).webp).convert("L")
        assert found.size == expected.resize((64, round(64 * expected.height / expected.width))).size or factor == 1
        small = expected.resize(found.size)
        for corner in ((2, 2), (found.width - 3, 2), (2, found.height - 3), (found.width - 3, found.height - 3)):
            assert abs(int(found.getpixel(corner)) - int(small.getpixel(corner))) < 60, (orientation, corner)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "HEIF"])
def test_a_cut_picture_is_broken(kind: str) -> None:
    data = encoded(Image.effect_noise((300, 300), 90).convert("RGB"), kind)
    for length in (40, len(data) // 2):
        with pytest.raises(PictureRefused, match="broken"):
            prepare_picture(data[:length])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "HEIF"])
def test_damaged_pictures_are_refused_or_shown_but_never_an_error(kind: str) -> None:
    chance = random.Random(kind)
    data = encoded(Image.effect_noise((48, 48), 90).convert("RGB"), kind)
    outcomes = set()
    for _ in range(200):
        damaged = bytearray(data)
        for _ in range(chance.randrange(1, 8)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            prepare_picture(bytes(damaged))
        except PictureRefused as refusal:
            outcomes.add(refusal.reason)
    assert outcomes <= {"format", "too_many_pixels", "broken"}


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"<svg xmlns='x'/>", b"\x7fELF", b"P6 1 1 255 abc"])
def test_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(PictureRefused, match="format"):
        prepare_picture(data)


def test_a_file_that_does_not_exist_is_not_a_bad_picture(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        prepare_picture(tmp_path / "absent")


# What a file is


def archive(*entries: tuple[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as file:
        for name, content in entries:
            file.writestr(name, content)
    return output.getvalue()


def workbook() -> bytes:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as book:
        book.add_worksheet()
    return output.getvalue()


ODF = "application/vnd.oasis.opendocument."
OOXML = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (encoded(Image.new("RGB", (8, 8)), "PNG"), "image/png"),
        (encoded(Image.new("RGB", (8, 8)), "JPEG"), "image/jpeg"),
        (encoded(Image.new("RGB", (8, 8)), "WEBP"), "image/webp"),
        (encoded(Image.new("RGB", (8, 8)), "GIF"), "image/gif"),
        (encoded(Image.new("RGB", (8, 8)), "HEIF"), "image/heic"),
        (encoded(Image.new("RGB", (8, 8)), "AVIF"), None),
        (b"%PDF-1.7\n", "application/pdf"),
        (archive(("mimetype", ODF.encode() + b"text"), ("content.xml", b"")), ODF + "text"),
        (archive(("mimetype", ODF.encode() + b"spreadsheet"), ("content.xml", b"")), ODF + "spreadsheet"),
        (archive(("mimetype", b"application/epub+zip")), "application/zip"),
        (archive(("[Content_Types].xml", b""), ("word/document.xml", b"")), OOXML + "wordprocessingml.document"),
        (workbook(), OOXML + "spreadsheetml.sheet"),
        (archive(("a.txt", b"x")), "application/zip"),
        (archive(("a.txt", ODF.encode() + b"text")), "application/zip"),
        ("Nom;Prénom\r\nŒuvrard;Ana\r\n".encode(), "text/csv"),
        (b"\xef\xbb\xbfa,b\n1,2\n", "text/csv"),
        ("Nom;Prénom\nŒuvrard;Zoé".encode("cp1252"), "text/csv"),
        ("Bonjour, à bientôt.\nAna".encode(), "text/plain"),
        (b"\n <!DOCTYPE html><script>", "text/html"),
        (b"<svg onload=x>", "text/html"),
        (b"Bonjour <script>alert(1)</script>", "text/html"),
        (b"\xe2\x80\x8b<html>", "text/html"),
        (b"a;b\n1;<IMG src=x onerror=y>\n", "text/html"),
        (b"De : Anne <anne@exemple.fr>\n2 < 3\n", "text/plain"),
        (b"{\\rtf1 x}", "application/x-ole-storage"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "application/x-ole-storage"),
        (b"\x7fELF\x02\x01", "application/x-executable"),
        (b"MZ\x90\x00", "application/x-executable"),
        (b"\xcf\xfa\xed\xfe\x07", "application/x-executable"),
        (b"\xca\xfe\xba\xbe\x00", "application/x-executable"),
        (b"#!/bin/sh\n", "application/x-executable"),
        (Path(sys.executable).read_bytes()[:4096], "application/x-executable"),
        (b"\x00\x01\x02", None),
        (b"", None),
    ],
)
def test_what_a_file_is(head: bytes, mime: str | None) -> None:
    assert sniff(head[:4096]) == mime
