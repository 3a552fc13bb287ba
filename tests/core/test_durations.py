"""How long something takes, as people write it."""

import re

import pytest

from civique.core.durations import duration, read_duration


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("2", 120),
        ("2,5", 150),
        ("2.5", 150),
        ("0,25", 15),
        ("2h30", 150),
        ("2 h 30", 150),
        ("2\u00a0H\u202f30", 150),
        ("2:30", 150),
        ("02:05", 125),
        ("2 heures et 5 minutes", 125),
        ("1 heure", 60),
        ("1h", 60),
        ("45 min", 45),
        ("90mn", 90),
    ],
)
def test_read_as_it_is_written(typed, minutes):
    assert read_duration(typed) == minutes


@pytest.mark.parametrize(
    "typed", ["deux", "2h60", "2:75", "-1", "2h 3h", "2,555", "1e3", "٢", "2 jours", "h", "9" * 400]
)
def test_what_is_no_duration_is_refused(typed):
    with pytest.raises(ValueError, match=re.escape(typed)):
        read_duration(typed)


def test_told_in_words_and_read_again(services):
    for minutes in (1, 45, 60, 90, 150, 1440):
        assert read_duration(duration(minutes)) == minutes
    assert (duration(0), duration(None)) == ("", "")
