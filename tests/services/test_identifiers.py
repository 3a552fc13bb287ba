"""Reading and writing of SIRET, telephone numbers, e-mail addresses and sums."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civique.services.identifiers import (
    AmountError,
    InputError,
    format_amount,
    format_phone,
    normal_email,
    parse_amount,
    parse_phone,
    parse_siret,
)

# --- SIRET ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "siret"),
    [
        ("73282932000074", "73282932000074"),
        ("732 829 320 00074", "73282932000074"),
        (" 732\u00a0829\u202f320.00074\n", "73282932000074"),
        ("356 000 000 00048", "35600000000048"),  # La Poste, head office: Luhn
        ("356 000 000 49837", "35600000049837"),  # La Poste, a branch: sum of digits divisible by five
    ],
)
def test_siret(text: str, siret: str) -> None:
    assert parse_siret(text) == siret


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("73282932000079", "checksum"),
        ("35600000049838", "checksum"),
        ("732829320", "length"),
        ("732829320000740", "length"),
        ("7328293200007A", "format"),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "format"),
    ],
)
def test_not_a_siret(text: str, code: str) -> None:
    with pytest.raises(InputError) as error:
        parse_siret(text)
    assert error.value.code == str(error.value) == code


# --- Telephone ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "region", "e164", "shown"),
    [
        ("02 41 57 30 30", "FR", "+33241573030", "02 41 57 30 30"),
        ("02.41.57.30.30", "FR", "+33241573030", "02 41 57 30 30"),
        ("+33 (0)2 41 57 30 30", "FR", "+33241573030", "02 41 57 30 30"),
        ("0033241573030", "FR", "+33241573030", "02 41 57 30 30"),
        ("06\u00a012\u202f34 56 78", "FR", "+33612345678", "06 12 34 56 78"),
        ("0590 12 34 56", "GP", "+590590123456", "0590 12 34 56"),
        ("0690 12 34 56", "BL", "+590690123456", "0690 12 34 56"),
        ("0262 12 34 56", "RE", "+262262123456", "0262 12 34 56"),
        ("24 12 34", "NC", "+687241234", "24.12.34"),
        ("40 41 23 45", "PF", "+68940412345", "40 41 23 45"),
        # one plan: from one part of it to another
        ("06 12 34 56 78", "RE", "+33612345678", "06 12 34 56 78"),
        ("0692 12 34 56", "FR", "+262692123456", "0692 12 34 56"),
        # and abroad
        ("+41 22 345 67 89", "FR", "+41223456789", "+41 22 345 67 89"),
        ("06 12 34 56 78", "NC", "+33612345678", "+33 6 12 34 56 78"),
    ],
)
def test_phone(text: str, region: str, e164: str, shown: str) -> None:
    assert parse_phone(text, region) == e164
    assert format_phone(e164, region) == shown.replace(" ", "\u00a0")
    assert parse_phone(format_phone(e164, region), region) == e164


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("3949", "not_a_phone"),
        ("02 41 57 30", "not_a_phone"),
        ("00 00 00 00 00", "not_a_phone"),
        ("0800 SANTE", "not_a_phone"),
        ("02 41 57 30 30 poste 12", "not_a_phone"),
        ("02 41 57 30 30 #12", "not_a_phone"),
        ("+", "not_a_phone"),
        ("9" * 500, "not_a_phone"),
    ],
)
def test_not_a_phone(text: str, code: str) -> None:
    with pytest.raises(InputError) as error:
        parse_phone(text)
    assert error.value.code == code


# --- E-mail ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("mairie@loire-authion.fr", "mairie@loire-authion.fr"),
        (" Jeanne.Martin+Corne@Orange.FR\n", "jeanne.martin+corne@orange.fr"),
        ("o'neill@exemple.fr", "o'neill@exemple.fr"),
        ("contact@orléans.fr", "contact@xn--orlans-dva.fr"),
        ("contact@ORLÉANS.fr", "contact@xn--orlans-dva.fr"),
        ("contact@xn--orlans-dva.fr", "contact@xn--orlans-dva.fr"),
        ("a@b.xn--p1ai", "a@b.xn--p1ai"),
        (f"{'a' * 64}@exemple.fr", f"{'a' * 64}@exemple.fr"),
    ],
)
def test_email(text: str, email: str) -> None:
    assert normal_email(text) == email
    assert normal_email(email) == email


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" ", "empty"),
        ("mairie", "at_sign"),
        ("a@b@c.fr", "at_sign"),
        ("@exemple.fr", "local_part"),
        ("a b@exemple.fr", "local_part"),
        ("a..b@exemple.fr", "local_part"),
        (".a@exemple.fr", "local_part"),
        ('"a"@exemple.fr', "local_part"),
        ("jérôme@exemple.fr", "local_part"),
        ("a\r\nBcc: x@exemple.fr", "local_part"),
        ("a\x00@exemple.fr", "local_part"),
        ("a@exemple.fr\r\nBcc: b", "domain"),
        ("a@exemple", "domain"),
        ("a@", "domain"),
        ("a@.fr", "domain"),
        ("a@exemple..fr", "domain"),
        ("a@exemple.fr.", "domain"),
        ("a@-exemple.fr", "domain"),
        ("a@127.0.0.1", "domain"),
        ("a@[127.0.0.1]", "domain"),
        (f"a@{'b' * 64}.fr", "domain"),
        (f"a@é{'b' * 70}.fr", "domain"),
        (f"{'a' * 65}@exemple.fr", "too_long"),
        (f"a@{'.'.join(['é' * 46] * 5)}.fr", "too_long"),
        ("é" * 100_000, "too_long"),
        (f"a@{'.'.join(['b' * 60] * 4)}.exemple.fr", "too_long"),
    ],
)
def test_not_an_email(text: str, code: str) -> None:
    with pytest.raises(InputError) as error:
        normal_email(text)
    assert error.value.code == code


@given(st.text(max_size=40).map(lambda text: f"{text}@exemple.fr") | st.text(max_size=40))
def test_an_email_is_refused_or_safe(text: str) -> None:
    try:
        email = normal_email(text)
    except InputError:
        return
    assert email.isascii()
    assert email.isprintable()
    assert " " not in email
    assert normal_email(email) == email


# --- Sums -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1 250,50", 125_050),
        ("1\u00a0250,50", 125_050),
        ("1\u202f250,50\u00a0€", 125_050),
        ("1\u2009250.50", 125_050),
        ("1.250,50 €", 125_050),
        ("1250.5", 125_050),
        ("1250,5", 125_050),
        ("1 250", 125_000),
        ("1.250", 125_000),
        ("1.250.000", 125_000_000),
        ("1,250.00", 125_000),
        ("€1,250.00", 125_000),
        ("€1,250", 125_000),
        ("€ 12,50", 1_250),
        ("12 €", 1_200),
        ("12€", 1_200),
        ("0", 0),
        ("0,05", 5),
        ("007", 700),
        ("20 000 000", 2_000_000_000),
        ("  12  ", 1_200),
    ],
)
def test_amount(text: str, cents: int) -> None:
    assert parse_amount(text) == cents


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \u00a0", "empty"),
        ("douze", "not_a_number"),
        ("12 euros", "not_a_number"),
        ("€", "not_a_number"),
        ("-", "not_a_number"),
        ("12,", "not_a_number"),
        (",50", "not_a_number"),
        ("12 50", "not_a_number"),
        ("12€50", "not_a_number"),
        ("1 2500", "not_a_number"),
        ("1.250.50", "not_a_number"),
        ("1,250,50", "not_a_number"),
        ("1 250.000,00", "not_a_number"),
        ("1e5", "not_a_number"),
        ("1_000", "not_a_number"),
        ("١٢", "not_a_number"),
        ("NaN", "not_a_number"),
        ("-12", "negative"),
        ("- 12 €", "negative"),
        ("−12,50", "negative"),
        ("-€12", "negative"),
        ("12,505", "too_many_decimals"),
        ("1,250", "too_many_decimals"),
        ("0.250", "too_many_decimals"),
        ("1250.500", "too_many_decimals"),
        ("20 000 000,01", "too_large"),
        ("1 000 000 000", "too_large"),
        ("9" * 10_000, "too_large"),
    ],
)
def test_not_an_amount(text: str, code: str) -> None:
    with pytest.raises(AmountError) as error:
        parse_amount(text)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("cents", "locale", "round_euros", "shown"),
    [
        (125_000, "fr", False, "1\u202f250,00\u00a0€"),
        (125_000, "fr", True, "1\u202f250\u00a0€"),
        (125_050, "fr", True, "1\u202f250,50\u00a0€"),
        (5, "fr", False, "0,05\u00a0€"),
        (0, "fr", True, "0\u00a0€"),
        (-125_000, "fr", False, "-1\u202f250,00\u00a0€"),
        (125_000_000, "fr", True, "1\u202f250\u202f000\u00a0€"),
        (125_000, "en", False, "€1,250.00"),
        (125_000, "en", True, "€1,250"),
        (-5, "en", False, "-€0.05"),
    ],
)
def test_format_amount(cents: int, locale: str, round_euros: bool, shown: str) -> None:
    assert format_amount(cents, locale, round_euros=round_euros) == shown


@given(st.integers(0, 2 * 10**9), st.sampled_from(["fr", "en"]), st.booleans())
def test_what_is_written_is_read_back(cents: int, locale: str, round_euros: bool) -> None:
    assert parse_amount(format_amount(cents, locale, round_euros=round_euros)) == cents


@given(st.text(alphabet="0123456789 .,€-\u202f", max_size=16))
def test_a_sum_is_within_bounds_or_refused_with_a_code(text: str) -> None:
    try:
        outcome: int | str = parse_amount(text)
    except AmountError as error:
        outcome = error.code
    if isinstance(outcome, int):
        assert 0 <= outcome <= 2 * 10**9
    else:
        assert outcome in {"empty", "not_a_number", "negative", "too_many_decimals", "too_large"}
