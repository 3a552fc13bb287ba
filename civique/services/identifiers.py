"""What people type into forms — SIRET, telephone, e-mail, sums of money — read strictly, written the French way.

Each `parse_` function returns one canonical form or raises `InputError` with a short code for the form to explain.
"""

import re

import phonenumbers
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.fr import siret

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
NARROW_NO_BREAK_SPACE = "\N{NARROW NO-BREAK SPACE}"

# Regions that share one ten-digit plan: each reads the others' numbers without an international prefix.
# Guadeloupe's +590 covers Saint-Barthélemy and Saint-Martin, La Réunion's +262 covers Mayotte.
_FRENCH_PLAN = ("FR", "GP", "MQ", "GF", "RE")

_LOCAL_PART = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])")

# Cents are kept in columns of 32 bits; no sum of a small commune comes near.
_MOST_EUROS = 20_000_000
# Tried in this order: « 1.250 » is twelve hundred and fifty, as in a French table, and not 1.25.
_DOTTED = re.compile(r"(?P<whole>[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,(?P<decimals>[0-9]+))?")
_ENGLISH = re.compile(r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3})+)\.(?P<decimals>[0-9]+)")
_ENGLISH_ROUND = re.compile(r"(?P<whole>[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?P<decimals>)")
_PLAIN = re.compile(r"(?P<whole>[1-9][0-9]{0,2}(?: [0-9]{3})+|[0-9]+)(?:[.,](?P<decimals>[0-9]+))?")


class InputError(ValueError):
    """A value that cannot be read; `code` says why, in a word the caller translates."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class AmountError(InputError):
    """A sum that cannot be read: `empty`, `not_a_number`, `negative`, `too_many_decimals` or `too_large`."""


def parse_siret(text: str) -> str:
    """The 14 digits of a SIRET typed with or without spaces and dots.

    Checked with Luhn's algorithm, or with La Poste's own rule for its branches.
    Raises `InputError`: `empty`, `format`, `length` or `checksum`.
    """
    compact = "".join(text.split())
    if not compact:
        raise InputError("empty")
    try:
        return str(siret.validate(compact))
    except InvalidLength as error:
        raise InputError("length") from error
    except InvalidChecksum as error:
        raise InputError("checksum") from error
    except ValidationError as error:
        raise InputError("format") from error


def parse_phone(text: str, region: str = "FR") -> str:
    """The E.164 form (`+33241000000`) of a number typed as people of `region` write it, or with its `+` prefix.

    `region` comes from `communes.phone_region`. A number of another part of the French plan is read too:
    « 06 12 34 56 78 » typed in La Réunion is a mainland mobile. Short numbers (3949) have no E.164 form.
    Raises `InputError`: `empty` or `not_a_phone`.
    """
    text = " ".join(text.split())  # the library does not know every kind of space
    if not text:
        raise InputError("empty")
    # It would read letters as on a telephone's keys, and we would drop an extension.
    if not any(letter.isalpha() for letter in text):
        for candidate in dict.fromkeys((region, *_FRENCH_PLAN)):
            try:
                number = phonenumbers.parse(text, candidate)
            except phonenumbers.NumberParseException:
                continue
            if phonenumbers.is_valid_number(number) and not number.extension:
                return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    raise InputError("not_a_phone")


def format_phone(e164: str | None, region: str = "FR") -> str:
    """« 02 41 00 00 00 » with no-break spaces; with its `+` prefix when `region` cannot dial it without; empty without one."""
    if not e164:
        return ""
    number = phonenumbers.parse(e164)
    plan = {phonenumbers.country_code_for_region(member) for member in _FRENCH_PLAN}
    here = phonenumbers.country_code_for_region(region)
    local = number.country_code == here or {number.country_code, here} <= plan
    style = phonenumbers.PhoneNumberFormat.NATIONAL if local else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, style)).replace(" ", NO_BREAK_SPACE)


def normal_email(text: str) -> str:
    """The address in lower case, its domain in ASCII (`orléans.fr` gives `xn--orlans-dva.fr`).

    Quoted local parts, accents before the @, bare hosts and IP addresses are refused: no French mail service gives
    such addresses, and the result is safe in a mail header. At most 254 characters, 64 before the @.
    Raises `InputError`: `empty`, `too_long`, `at_sign`, `local_part` or `domain`.
    """
    text = text.strip()
    if not text:
        raise InputError("empty")
    if len(text) > 254:
        raise InputError("too_long")
    if text.count("@") != 1:
        raise InputError("at_sign")
    local, domain = text.split("@")
    local = local.casefold()
    if not _LOCAL_PART.fullmatch(local):
        raise InputError("local_part")
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise InputError("domain") from error
    if not _DOMAIN.fullmatch(domain):
        raise InputError("domain")
    if len(local) > 64 or len(local) + 1 + len(domain) > 254:
        raise InputError("too_long")
    return f"{local}@{domain}"


def parse_amount(text: str) -> int:
    """Cents of a sum in euros, typed the French way or the English way, with or without « € ».

    « 1 250,50 » (any kind of space), « 1.250,50 € », « 1250.5 », « €1,250.00 ». « 1.250 » is 1 250 €; « 1,250 » is
    refused as having three decimals unless « € » stands before it. Thousands must be grouped by three or not at all.
    Raises `AmountError`; the most is twenty million euros.
    """
    body = " ".join(text.split())
    if not body:
        raise AmountError("empty")
    unsigned = body.lstrip("-\N{MINUS SIGN}").strip()
    number = unsigned.removeprefix("€").removesuffix("€").strip()
    forms = [_DOTTED, _ENGLISH, _PLAIN]
    if unsigned.startswith("€"):
        forms.insert(0, _ENGLISH_ROUND)
    match = next((found for form in forms if (found := form.fullmatch(number))), None)
    if not match:
        raise AmountError("not_a_number")
    if unsigned != body:
        raise AmountError("negative")
    decimals = match["decimals"] or ""
    if len(decimals) > 2:
        raise AmountError("too_many_decimals")
    euros = re.sub(r"[ .,]", "", match["whole"]).lstrip("0")
    cents = int(euros[:12] + decimals.ljust(2, "0"))  # int() refuses thousands of digits with an error of its own
    if len(euros) > 12 or cents > _MOST_EUROS * 100:
        raise AmountError("too_large")
    return cents


def format_amount(cents: int, locale: str = "fr", *, round_euros: bool = False) -> str:
    """« 1 250,00 € » with no-break spaces (narrow between thousands), « €1,250.00 » when `locale` is English.

    With `round_euros` a sum without cents is written « 1 250 € ». What is unknown is « n. d. », the caller's to write.
    """
    euros, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    decimals = "" if round_euros and not rest else f"{rest:02d}"
    if locale.startswith("en"):
        return f"{sign}€{euros:,}" + (decimals and f".{decimals}")
    grouped = f"{euros:,}".replace(",", NARROW_NO_BREAK_SPACE)
    return f"{sign}{grouped}" + (decimals and f",{decimals}") + f"{NO_BREAK_SPACE}€"
