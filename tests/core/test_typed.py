"""What people typed, in the one form that is kept."""

import pytest

from civique.core.typed import is_visible, normalized, normalized_tree, trimmed


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("un\r\ndeux\rtrois\u2028quatre", "un\ndeux\ntrois\nquatre"),
        ("Ch\u0061\u0302taigne", "Châtaigne"),
        ("ﬁn de l’eﬀort, oﬃce", "fin de l’effort, office"),
        ("Lou\u200bise\ufeff \u00admar\u2060got", "Louise margot"),
        ("facture\u202efdp.exe\u2066", "facturefdp.exe"),
        ("a\x00b\x07c\td\ufffe\ud800", "abc\td"),
        ("e\ufe0f\u034f", "e"),
        ("Hangul\u3164filler\u115f, braille\u2800blank", "Hangulfiller, braille blank"),
    ],
)
def test_what_draws_nothing_goes(typed, kept):
    assert normalized(typed) == kept


@pytest.mark.parametrize(
    "text",
    [
        "½ baguette, 3 m², le № 4, 10 000\u00a0€, l’œuf, Łódź, Ελλάδα",
        "👨‍👩‍👧 ❤️ ❤︎ 1️⃣ 🏳️‍🌈 👩🏽‍🚒 ☎️ 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "می‌خواهم",
        "ক্‍ষ",
        "plusieurs\n\nparagraphes\tet une tabulation",
    ],
)
def test_what_is_meant_stays(text):
    assert normalized(text) == text


@pytest.mark.parametrize(
    "text", ["", "  \u00a0 ", "\u200b\u200d", "\u0301", " \u0301 \u0308\n", "\u2800\u3164", "\u202e"]
)
def test_a_text_that_draws_nothing_is_none(text):
    assert trimmed(text) == ""
    assert not is_visible(normalized(text))


def test_what_is_sent_as_json_is_read_so_everywhere():
    sent = {"na\u200bme": ["a\r\nb", {"x": "\ufb01n"}, 3, None], "ok": True}
    assert normalized_tree(sent) == {"name": ["a\nb", {"x": "fin"}, 3, None], "ok": True}
