"""References made away from the server: ``ST-K7Q2-014-T``, from a tablet or a numbered sheet, with a check letter.

The tablet makes them too (``static/ui/stall.js``): change both together.
"""

import re
import secrets

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without I, L and O, which are read as digits: 23 of them, a prime number."""
DIGITS = "0123456789"
DEVICE = "23456789" + LETTERS
PATTERN = re.compile(rf"(?:ST)?([{DEVICE}]{{4}})([0-9]{{3,4}})([{LETTERS}])")


class NotAReference(ValueError):
    """Not a reference of a tablet or a sheet, or one with a slip: the check letter tells. Not for a person: one place tries
    another kind of reference, the others say it in their own words."""


def new_device() -> str:
    """Four signs for a tablet or a sheet, at random, beginning with a letter."""
    return secrets.choice(LETTERS) + "".join(secrets.choice(DEVICE) for _ in range(3))


def make(device: str, number: int) -> str:
    """Reference of an entry: ``make("K7Q2", 14)``."""
    counted = f"{number:03}"
    return f"ST-{device}-{counted}-{check_letter(device + counted)}"


def check_letter(signs: str) -> str:
    """Letter that changes when one sign changes or two neighbours are exchanged."""
    values = DIGITS + LETTERS
    return LETTERS[sum((place + 2) * values.index(sign) for place, sign in enumerate(signs)) % len(LETTERS)]


def normal(text: str) -> str:
    """The reference as it is printed, from what somebody typed: case, spaces and hyphens do not count.

    Raises:
        NotAReference: another form, or the check letter does not fit.
    """
    found = PATTERN.fullmatch(re.sub(r"[\s.\-–]", "", text).upper())
    if found is None:
        raise NotAReference(text)
    device, number, letter = found.groups()
    if check_letter(device + number) != letter:
        raise NotAReference(text)
    return f"ST-{device}-{number}-{letter}"
