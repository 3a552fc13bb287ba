"""QR codes as SVG: inside a page, and as a picture of its own for a document."""

from io import BytesIO


def qr_svg(text: str, *, label: str) -> str:
    """Return the QR code of `text` as an SVG element to put inside an HTML page, without style nor fixed size.

    `label` is its title, which a screen reader says: what the code leads to, not « QR code ».
    Raises ValueError when `text` is too long for a QR code (about 2,300 bytes).
    """
    import segno

    code = segno.make(text, micro=False, error="m", boost_error=False)
    svg: str = code.svg_inline(title=label, omitsize=True, svgclass="qr", lineclass=None)
    return svg.replace("<svg ", '<svg role="img" ', 1)


def qr_picture(text: str) -> str:
    """Return the QR code of `text` as an SVG file.

    Raises ValueError when `text` is too long for a QR code (about 2,300 bytes).
    """
    import segno

    written = BytesIO()
    segno.make(text, micro=False, error="m", boost_error=False).save(written, kind="svg", scale=4)
    return written.getvalue().decode()
