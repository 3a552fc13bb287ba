"""How the cells of a list are read. Each function takes a text that is not empty and raises Refused with a sentence."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from civique.core import clock
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.services.identifiers import normal_email, parse_phone, parse_siret

FRENCH_DAY = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
# Days that spreadsheets count from 30 December 1899: from 1900 to 2173. A year alone (1950) is not one.
SERIAL = re.compile(r"\d{4,5}")
FIRST_SERIAL, LAST_SERIAL, FIRST_OF_SERIALS = 3_000, 99_999, date(1899, 12, 30)


def text(most: int) -> Callable[[str], str]:
    """Words on one line, no longer than this."""

    def read(cell: str) -> str:
        words = " ".join(cell.split())
        if len(words) > most:
            raise Refused(_("This text is too long: %(most)s characters at most.", most=most))
        return words

    return read


def choice(words: Mapping[str, tuple[Any, ...]]) -> Callable[[str], str]:
    """One of several codes, told by its words; the first ones are those of the sentence."""

    def read(cell: str) -> str:
        asked = fold(cell)
        for code, known in words.items():
            if asked in {code, *(fold(str(word)) for word in known)}:
                return code
        listed = ", ".join(str(known[0]) for known in words.values())
        raise Refused(_("This is not in the list. Write one of: %(words)s.", words=listed))

    return read


def email(cell: str) -> str:
    """An e-mail address in its normal form."""
    try:
        return normal_email(cell)
    except ValueError as error:
        raise Refused(_("This is not an e-mail address. Example: name@example.fr")) from error


def phone(cell: str) -> str:
    """A telephone number; the zero that a spreadsheet dropped comes back."""
    try:
        return parse_phone(f"0{cell}" if re.fullmatch(r"[1-9]\d{8}", cell) else cell)
    except ValueError as error:
        raise Refused(_("This is not a telephone number. Example: 02 41 00 00 00")) from error


def siret(cell: str) -> str:
    """A SIRET number with its key checked."""
    try:
        return parse_siret(cell)
    except ValueError as error:
        raise Refused(_("This is not a SIRET number: 14 digits, as on the town hall’s invoices.")) from error


def rna(cell: str) -> str:
    """The number of an association in the national register."""
    number = "".join(cell.split()).upper()
    if not re.fullmatch(r"W[0-9A-Z]\d{8}", number):
        raise Refused(_("An RNA number looks like W491234567."))
    return number


def postal_code(cell: str) -> str:
    """Five digits; the zero that a spreadsheet dropped comes back."""
    digits = "".join(cell.split())
    if not re.fullmatch(r"\d{4,5}", digits):
        raise Refused(_("A postal code has five digits."))
    return digits.zfill(5)


def day(cell: str) -> date:
    """A day written the French way (01/02/2026 is the first of February), as ISO 8601, or as spreadsheets number days."""
    french, iso = FRENCH_DAY.fullmatch(cell), ISO_DAY.fullmatch(cell[:10])
    try:
        if french:
            return date(int(french[3]), int(french[2]), int(french[1]))
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
    except ValueError as error:
        raise Refused(_("This day does not exist. Write the day, the month, the year: 31/12/1950.")) from error
    if SERIAL.fullmatch(cell) and FIRST_SERIAL <= int(cell) <= LAST_SERIAL:
        return FIRST_OF_SERIALS + timedelta(days=int(cell))
    raise Refused(_("This is not a date. Write the day, the month, the year: 31/12/1950."))


def birth(cell: str) -> date:
    """A day of birth."""
    born = day(cell)
    if not born.year >= 1900 or born > clock.today():
        raise Refused(_("Nobody is born on that day: check the year."))
    return born


def year(cell: str) -> int:
    """A year in four digits; « 2023-2024 » is the school year that begins in 2023."""
    found = re.fullmatch(r"((?:19|20|21)\d{2})(?:\s*[-/–]\s*\d{2,4})?", cell)
    if not found:
        raise Refused(_("Write a year in four digits, for instance 2024."))
    return int(found[1])
