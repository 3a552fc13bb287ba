"""Programs inside office documents, and what makes them load some from elsewhere."""

import re
import zipfile
from typing import IO

MOST_ENTRIES = 5_000
MOST_BYTES = 2_000_000
"""Of a part that is read: lists of types and of links are small."""
PROGRAMS = re.compile(
    r"vbaproject|vbadata|(?:^|/)(?:macrosheets|activex|basic|scripts)/|\.(?:bin|exe|dll|js|vbs)$", re.IGNORECASE
)
"""Names of parts that are programs, or objects of which only the program that made them knows what they hold."""
PRINTER = re.compile(r"(?:^|/)printerSettings/[^/]*\.bin$")
"""Settings of a printer, which every workbook has that was printed."""
MACROS = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
# A template or a frame that is fetched when the document is opened brings its own macros.
FETCHED = re.compile(rb"<Relationship\b[^>]*(?:attachedTemplate|/frame|oleObject|subDocument)[^>]*", re.IGNORECASE)
ELSEWHERE = re.compile(rb"TargetMode\s*=\s*.External", re.IGNORECASE)


def office_has_program(source: IO[bytes]) -> bool:
    """Tell whether an office document (OOXML, OpenDocument) holds macros or other programs, or fetches some; one that cannot
    be looked at is answered True."""
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                return True
            names = [entry.filename.replace("\\", "/") for entry in entries]
            if any(PROGRAMS.search(name) and not PRINTER.search(name) for name in names):
                return True
            return any(
                _says(archive, entry) for entry in entries if entry.filename.endswith(("[Content_Types].xml", ".rels"))
            )
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError):
        return True


def _says(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    with archive.open(entry) as part:
        text = part.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES or text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    return bool(MACROS.search(text)) or any(ELSEWHERE.search(link[0]) for link in FETCHED.finditer(text))


def read_programs(source: IO[bytes]) -> tuple[bool, list[bytes]]:
    """What the process of ``analysis`` runs."""
    return office_has_program(source), []
