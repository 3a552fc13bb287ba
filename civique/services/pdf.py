"""PDF documents, made by Typst from a template and data."""

import json
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typst import PDFStandard

TEMPLATES = Path(__file__).parent / "typst"


NOT_DRAWN = "could not be displayed with font"
"""What Typst says of a character that none of its fonts has."""
DRAWN = (
    (0x20, 0x7E),
    (0xA0, 0x377),
    (0x3A3, 0x4FF),
    (0x2000, 0x200A),
    (0x2010, 0x2027),
    (0x202F, 0x2040),
    (0x20A0, 0x20C0),
    (0x2190, 0x23FF),
)
"""Blocks that these fonts have whole, tried one character after the other: Latin, accents, Greek, Cyrillic, signs."""


class PdfRefused(ValueError):
    """Typst refuses the template or the data, for instance an image without alternative text. It says why."""


def render_pdf(
    template: Path | str,
    data: Mapping[str, Any],
    *,
    standard: "PDFStandard | list[PDFStandard]" = "ua-1",
    created: datetime | None = None,
    files: Path | None = None,
) -> bytes:
    """Return the PDF that `template` gives with `data`.

    `template` is a path, or the name of one of the templates of this package (`letter.typ`). It reads its data as
    `json(bytes(sys.inputs.data))`: strings in it are never markup. `standard` is one or more of those of Typst.
    `created` is the date written in the document: none by default. The same arguments give the same bytes: only the
    fonts inside Typst are used. The template finds images below `files` (its own folder by default), as `/name`.
    What no font can draw is left out (see `drawable`), as are control characters.
    Raises PdfRefused with the compiler's message.
    """
    import typst

    path = template if isinstance(template, Path) else TEMPLATES / template
    # Typst would otherwise write the time of the compilation.
    dating = b"" if created else b"#set document(date: none);"

    def compiled(change: Callable[[str], str]) -> bytes:
        compiler = typst.Compiler(
            dating + path.read_bytes(),
            root=files or path.parent,
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(_changed(data, change), ensure_ascii=False)},
        )
        pdf = compiler.compile(format="pdf", pdf_standards=standard, timestamp=created or 0)
        assert isinstance(pdf, bytes)
        return pdf

    try:
        try:
            return compiled(_printable)
        except typst.TypstError as error:
            if NOT_DRAWN not in error.message:
                raise
            # A letter with an emoji is better than no letter; the others of its pile wait for it too.
            return compiled(drawable)
    except typst.TypstError as error:
        raise PdfRefused("\n".join([error.message, *error.hints, error.diagnostic])) from error


def drawable(text: str) -> str:
    """Text with what the fonts inside Typst draw: an emoji or a sign goes, a letter of another script becomes □."""
    return "".join(c if _is_drawn(c) else "□" if unicodedata.category(c)[0] in "LN" else "" for c in text)


def _printable(text: str) -> str:
    # Format characters (zero-width space, byte order mark) draw nothing and break titles.
    return "".join(c for c in text if c in "\t\n\u00ad" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})


def _changed(data: Any, change: Callable[[str], str]) -> Any:
    """The same data, each of its texts changed."""
    if isinstance(data, str):
        return change(data)
    if isinstance(data, Mapping):
        return {key: _changed(value, change) for key, value in data.items()}
    return [_changed(value, change) for value in data] if isinstance(data, (list, tuple)) else data


def _is_drawn(character: str) -> bool:
    return character in "\t\n" or any(first <= ord(character) <= last for first, last in DRAWN)
