import re
from xml.etree import ElementTree

import pytest

from civique.services.qr import qr_svg


def test_the_code_is_an_image_with_a_name() -> None:
    svg = qr_svg("https://saint-veran.example/v/abc", label='Voter « oui » <b> & "non"')
    root = ElementTree.fromstring(svg)
    assert root.tag == "svg"
    assert root.get("role") == "img"
    title = root.find("title")
    assert title is not None
    assert title.text == 'Voter « oui » <b> & "non"'


def test_nothing_in_it_needs_an_inline_style() -> None:
    svg = qr_svg("https://saint-veran.example", label="Le site")
    assert not re.search(r"style|<script|width=|height=|xmlns", svg)


def test_the_same_text_gives_the_same_code() -> None:
    assert qr_svg("abc", label="x") == qr_svg("abc", label="x")
    assert qr_svg("abc", label="x") != qr_svg("abd", label="x")


def test_a_text_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        qr_svg("a" * 5000, label="x")
