"""One translation for pages, messages, PDFs and jobs: gettext catalogues merged from the core and every module.

Message ids are English; French is the default and must be complete. The language is a context variable, so that a job can
write to each person in theirs. Used instead of Flask-Babel, which only works inside a request.
"""

import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from babel.support import LazyProxy

from civique.core import clock
from civique.core.config import config
from civique.services.identifiers import format_amount

LOCALES = ("fr", "en")
NARROW = "\u202f"
NO_BREAK = "\u00a0"
_locale: ContextVar[str] = ContextVar("civique_locale", default="fr")
_CIVIQUE = Path(__file__).parent.parent
_folders: list[Path] = [
    _CIVIQUE / name / "translations"
    for name in ("core", "web", "web/site", "web/account", "web/desk", "web/admin", "platform")
]


def add_catalogues(folders: Iterable[Path]) -> None:
    """Register the translation folders of modules, before the first text is asked for."""
    _folders.extend(folder for folder in folders if folder not in _folders)
    translations.cache_clear()


@cache
def translations(locale: str) -> NullTranslations:
    """Catalogue of a language, merged from every folder's ``fr.po``; English needs none.

    One table, not a chain of catalogues: a page asks for a hundred texts, and a chain is walked for each of them. It is
    compiled once for all processes, and again when a text changes.
    """
    sources = [path for path in (folder / f"{locale}.po" for folder in _folders) if path.exists()]
    if not sources:
        return NullTranslations()
    texts = [path.read_bytes() for path in sources]
    digest = hashlib.sha256(b"\0".join(texts)).hexdigest()[:32]
    compiled = config().var / "catalogues" / f"{locale}-{digest}.mo"
    try:
        return GNUTranslations(io.BytesIO(compiled.read_bytes()))
    except OSError:
        binary = _compile(locale, texts)
    _keep(compiled, binary)
    return GNUTranslations(io.BytesIO(binary))


def _compile(locale: str, texts: Iterable[bytes]) -> bytes:
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    messages = {(m.context, m.id): m for text in texts for m in read_po(io.BytesIO(text), locale=locale) if m.id}
    merged = Catalog(locale, charset="utf-8")
    for message in messages.values():
        merged.add(message.id, message.string, flags=message.flags, context=message.context)
    binary = io.BytesIO()
    write_mo(binary, merged)
    return binary.getvalue()


def _keep(compiled: Path, binary: bytes) -> None:
    """Keep a compiled catalogue for the next process; a folder that cannot be written costs a second at each start."""
    try:
        compiled.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=compiled.parent, delete=False) as file:
            file.write(binary)
        Path(file.name).replace(compiled)
    except OSError:
        return


def get_locale() -> str:
    """Language of the moment: ``fr`` or ``en``."""
    return _locale.get()


def use(locale: str | None) -> None:
    """Choose the language of this request; an unknown one is French."""
    _locale.set(locale if locale in LOCALES else "fr")


@contextmanager
def speaking(locale: str | None) -> Iterator[None]:
    """Use a language inside the block; an unknown one is French."""
    token = _locale.set(locale if locale in LOCALES else "fr")
    try:
        yield
    finally:
        _locale.reset(token)


def gettext(message: str, **values: Any) -> str:
    """Translation of a message, with its ``%(name)s`` filled in."""
    text = translations(get_locale()).gettext(message) if message else ""
    return text % values if values else text


def ngettext(singular: str, plural: str, n: int, **values: Any) -> str:
    """Translation that follows a number; ``%(num)s`` is the number written in the language."""
    text = translations(get_locale()).ngettext(singular, plural, n)
    return text % {"num": number(n), **values}


def pgettext(context: str, message: str, **values: Any) -> str:
    """Translation of a message that needs its context (« Open » the verb, « Open » the state)."""
    text = translations(get_locale()).pgettext(context, message)
    return text % values if values else text


def lazy_gettext(message: str, **values: Any) -> Any:
    """Text translated when it is shown, for labels declared when a module is loaded."""
    return LazyProxy(gettext, message, enable_cache=False, **values)


def number(value: float | Decimal) -> str:
    """A number as the language writes it: 12 345,6 (narrow no-break space) or 12,345.6."""
    return format_decimal(value, locale=get_locale()).replace(NO_BREAK, NARROW)


def money(cents: int) -> str:
    """« 1 250,00 € »."""
    return format_amount(cents, get_locale())


def file_size(size: int) -> str:
    """« 850 Ko », « 1,2 Mo »; ``850 kB`` in English."""
    if size < 1_000_000:
        return gettext("%(size)s kB", size=number(max(1, round(size / 1000))))
    return gettext("%(size)s MB", size=number(round(size / 1_000_000, 1)))


def long_date(day: date | datetime, *, weekday: bool = True, year: bool = True) -> str:
    """« samedi 12 décembre 2026 », « Saturday 12 December 2026 »; the first of a month is « 1er » in French."""
    day = clock.local(day).date() if isinstance(day, datetime) else day
    return _long_date(day, get_locale(), weekday, year)


@lru_cache(maxsize=4096)
def _long_date(day: date, locale: str, weekday: bool, year: bool) -> str:
    names = Locale(locale)
    parts = [names.days["format"]["wide"][day.weekday()]] if weekday else []
    first = day.day == 1 and locale == "fr"
    parts += ["1er" if first else str(day.day), names.months["format"]["wide"][day.month]]
    return " ".join([*parts, str(day.year)] if year else parts)


def day_number(day: date | datetime) -> str:
    """Number of the day in the commune's time zone."""
    return str((clock.local(day) if isinstance(day, datetime) else day).day)


def short_month(day: date | datetime) -> str:
    """« déc. »"""
    day = clock.local(day) if isinstance(day, datetime) else day
    return str(Locale(get_locale()).months["format"]["abbreviated"][day.month])


def clock_time(moment: datetime) -> str:
    """« 18 h 30 », « 18 h »; « 6:30 pm » in English."""
    moment = clock.local(moment)
    if get_locale() != "fr":
        return moment.strftime("%-I:%M %p").lower()
    return f"{moment.hour}{NO_BREAK}h{NO_BREAK}{moment.minute:02}" if moment.minute else f"{moment.hour}{NO_BREAK}h"


def date_and_time(moment: datetime) -> str:
    """« samedi 12 décembre 2026 à 18 h 30 »."""
    return gettext("%(day)s at %(time)s", day=long_date(moment), time=clock_time(moment))


_ = gettext
_l = lazy_gettext
