"""PDF documents, made by Typst from a template and data."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typst import PDFStandard

TEMPLATES = Path(__file__).parent / "typst"


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
    Raises PdfRefused with the compiler's message.
    """
    import typst

    path = template if isinstance(template, Path) else TEMPLATES / template
    # Typst would otherwise write the time of the compilation.
    dating = b"" if created else b"#set document(date: none);"
    try:
        compiler = typst.Compiler(
            dating + path.read_bytes(),
            root=files or path.parent,
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
        pdf = compiler.compile(format="pdf", pdf_standards=standard, timestamp=created or 0)
    except typst.TypstError as error:
        raise PdfRefused("\n".join([error.message, *error.hints, error.diagnostic])) from error
    assert isinstance(pdf, bytes)
    return pdf
