"""The strict client: what it must see in a page."""

import pytest

from tests.client import BadPage, check

PAGE = '<!doctype html><html lang="fr"><head><title>Page</title></head><body><h1>Page</h1>{}</body></html>'
FORM = '<form method="post"><input type="hidden" name="csrf_token"></form>'


@pytest.mark.parametrize(
    "inside",
    [
        f"<span>{FORM}</span>",
        f"<p><span><a href='/'>x</a></span></p><h2>{FORM}</h2>",
        "<button><div>x</div></button>",
        "<label><p>x</p></label>",
        '<table><tr><td data-label="Pour qui"> \n </td></tr></table>',
    ],
)
def test_it_refuses_blocks_inside_words_and_empty_cells_that_show(inside):
    with pytest.raises(BadPage):
        check(PAGE.format(inside), "here")


@pytest.mark.parametrize(
    "inside",
    [
        f"<div>{FORM}</div>",
        f"<li>{FORM}</li>",
        "<fieldset><legend><h2>x</h2></legend></fieldset>",
        '<table><tr><td data-label="Pour qui"></td></tr></table>',
    ],
)
def test_it_lets_the_others_be(inside):
    check(PAGE.format(inside), "here")
