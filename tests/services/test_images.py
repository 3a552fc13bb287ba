import io
import random
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pillow_heif
import pypdf
import pytest
import xlsxwriter
from PIL import Image
from pypdf.actions import JavaScript

from civique.services.images import PictureRefused, pdf_has_script, prepare_picture, sniff


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
    picture = prepare_picture(encoded(Image.new("1", (3, 40_000)), "PNG"))
    assert picture.height == 16_383
    assert picture.width == 1


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


def test_twenty_four_megapixels_are_the_limit() -> None:
    assert prepare_picture(encoded(Image.new("1", (6000, 4000)), "PNG")).width == 1600
    with pytest.raises(PictureRefused, match="too_many_pixels"):
        prepare_picture(encoded(Image.new("1", (6001, 4000)), "PNG"))


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


# PDF


def pdf(tmp_path: Path, *objects: bytes) -> Path:
    path = tmp_path / "document.pdf"
    body = b"".join(b"%d 0 obj\n%b\nendobj\n" % (number, content) for number, content in enumerate(objects, 1))
    path.write_bytes(b"%PDF-1.7\n" + body + b"trailer << /Root 1 0 R >>\n%%EOF\n")
    return path


def stream(content: bytes, extra: bytes = b"/Type /ObjStm /N 1 /First 4") -> bytes:
    packed = zlib.compress(content)
    return b"<< %b /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (extra, len(packed), packed)


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
ACTION = b"<< /S /JavaScript /JS (app.alert(1)) >>"


def test_an_ordinary_pdf_has_no_script(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Title": "Un titre"})
    writer.write(tmp_path / "plain.pdf")
    assert not pdf_has_script(tmp_path / "plain.pdf")
    assert not pdf_has_script(pdf(tmp_path, CATALOG, stream(b"2 0 << /Type /Pages >>"), b"<< /JSX 1 /Launcher 2 >>"))
    (tmp_path / "empty.pdf").touch()
    assert not pdf_has_script(tmp_path / "empty.pdf")


def test_a_script_added_by_a_library(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_open_action(JavaScript("app.alert(1)"))
    writer.write(tmp_path / "script.pdf")
    assert pdf_has_script(tmp_path / "script.pdf")


def test_a_file_carried_by_a_pdf(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_attachment("a.exe", b"MZ")
    writer.write(tmp_path / "carrier.pdf")
    assert pdf_has_script(tmp_path / "carrier.pdf")


@pytest.mark.parametrize(
    "content",
    [
        b"<< /OpenAction << /S /JavaScript /JS (x) >> >>",
        b"<< /S /J#61vaScript >>",
        b"<</S/#4A#61#76#61#53#63#72#69#70#74/#4aS(x)>>",
        b"<< /S /Launch /F (cmd.exe) >>",
        b"<< /S /Rendition /JS (x) >>",
        b"<< /Type /EmbeddedFile >>",
        stream(b"3 0 " + ACTION),
        stream(b"3 0 << /S /J#61vaScript >>"),
        stream(b"3 0 " + b" " * 5_000_000 + ACTION),
        stream(b"3 0 << /S /Rendition /JS 4 0 R >>"),
        stream(b"3 0 " + ACTION, b"/Type /Obj#53tm"),
        stream(b"3 0 " + ACTION, b"/Type /ObjStm /Padding (" + b"x" * 10_000 + b")"),
        stream(b"3 0 " + ACTION, b"/Type /ObjStm /Padding ( obj )"),
        b"(>>\nstream\n)" + stream(b"3 0 " + ACTION),
    ],
)
def test_scripts_are_found_where_they_hide(tmp_path: Path, content: bytes) -> None:
    assert pdf_has_script(pdf(tmp_path, CATALOG, content))


@pytest.mark.parametrize(
    "content",
    [
        stream(b"3 0 " + b" " * 20_000_000),
        stream(b"3 0", b"/Type /ObjStm /DecodeParms << /Predictor 12 >>"),
        b"<< /Type /ObjStm /Filter /ASCIIHexDecode >>\nstream\n78da\nendstream",
        b"<< /Encrypt 5 0 R >> " + stream(b"3 0"),
        b"stream\n" * 30_000,
    ],
)
def test_what_cannot_be_looked_at_is_not_trusted(tmp_path: Path, content: bytes) -> None:
    assert pdf_has_script(pdf(tmp_path, CATALOG, content))


def test_the_bytes_of_a_picture_are_not_names(tmp_path: Path) -> None:
    picture = b"<< /Subtype /Image /Filter /DCTDecode >>\nstream\n\xff\xd8 /JS (\x00 \nendstream"
    assert not pdf_has_script(pdf(tmp_path, CATALOG, picture, stream(b"\x00\x00/JS \x00", b"/Subtype /Image")))
