"""For developers: the French catalogues, one beside each package, kept in step with the texts of code and templates."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po, write_po

from civique.core.config import ROOT

Text = str | tuple[str, ...] | list[str]
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}
EXTRA_TEMPLATES = {"core": ("_mail",), "web": ("_layout", "_ui", "signin")}


@dataclass(frozen=True)
class Owner:
    """A package with a catalogue: its code but that of packages inside it that have their own, and its templates."""

    package: Path
    inner: tuple[Path, ...]

    @property
    def catalogue(self) -> Path:
        """The French catalogue."""
        return self.package / "translations" / "fr.po"

    def files(self) -> Iterator[tuple[Path, str]]:
        """Files to read, with the extraction method."""
        for path in sorted(self.package.rglob("*.py")):
            if not any(path.is_relative_to(folder) for folder in self.inner):
                yield path, "python"
        for name in EXTRA_TEMPLATES.get(self.package.name, (self.package.name,)):
            for path in sorted((ROOT / "templates" / name).rglob("*")):
                if path.suffix in {".html", ".txt"}:
                    yield path, "jinja2.ext:babel_extract"

    def extract(self) -> Catalog:
        """Every text of this package, sorted."""
        catalogue = Catalog(locale="fr", charset="utf-8", fuzzy=False)
        options = {
            "extensions": "jinja2.ext.i18n,jinja2.ext.do",
            "trimmed": "true",
            "encoding": "utf-8",
            "newstyle_gettext": "true",
            "silent": "false",
        }
        for path, method in self.files():
            for found in extract_from_file(method, path, keywords=KEYWORDS, options=options):
                catalogue.add(found[1], context=found[3])
        return catalogue

    def existing(self) -> Catalog:
        """The catalogue as it is on the disk."""
        if not self.catalogue.exists():
            return Catalog(locale="fr", charset="utf-8", fuzzy=False)
        with self.catalogue.open("rb") as file:
            return read_po(file, locale="fr", charset="utf-8")


def owners() -> list[Owner]:
    """Packages that have a ``translations`` folder."""
    packages = sorted(folder.parent for folder in (ROOT / "civique").rglob("translations") if folder.is_dir())
    return [Owner(p, tuple(q for q in packages if q != p and q.is_relative_to(p))) for p in packages]


def update() -> Iterator[str]:
    """Add new texts, drop those that are gone, keep the rest; says what remains to be done."""
    for owner in owners():
        yield update_one(owner)


def update_one(owner: Owner) -> str:
    """Bring one catalogue in step. A new text takes the French that it has elsewhere: one text, one translation."""
    wanted, known, elsewhere = owner.extract(), owner.existing(), french()
    for message in wanted:
        old = known.get(message.id, message.context) if message.id else None
        if old is not None and _complete(old.string):
            message.string = old.string
        elif message.id:
            message.string = elsewhere.get((message.id, message.context), message.string)
    with owner.catalogue.open("wb") as file:
        write_po(file, wanted, sort_output=True, no_location=True, omit_header=False, width=120)
    _plain_header(owner.catalogue)
    missing = sum(1 for message in wanted if message.id and not _complete(message.string))
    return f"{owner.catalogue.relative_to(ROOT)}: {len(wanted)} texts, {missing} to translate"


def french() -> dict[tuple[Text, str | None], Any]:
    """Every text that some catalogue translates, with its French."""
    return {
        (message.id, message.context): message.string
        for owner in owners()
        for message in owner.existing()
        if message.id and _complete(message.string)
    }


def problems() -> Iterator[str]:
    """What a complete French site forbids: a missing, fuzzy or stale text, a placeholder lost, bad typography, two
    translations of one text."""
    yield from contradictions()
    for owner in owners():
        name = owner.catalogue.relative_to(ROOT)
        wanted, known = owner.extract(), owner.existing()
        for message in wanted:
            if not message.id:
                continue
            found = known.get(message.id, message.context)
            if found is None or not _complete(found.string):
                yield f"{name}: not translated: {message.id!r}"
            elif found.fuzzy:
                yield f"{name}: fuzzy: {message.id!r}"
            else:
                yield from (f"{name}: {problem}: {message.id!r}" for problem in _faults(message.id, found.string))
        kept = {(message.id, message.context) for message in wanted}
        for message in known:
            if message.id and (message.id, message.context) not in kept:
                yield f"{name}: no longer used: {message.id!r}"


def contradictions() -> Iterator[str]:
    """Texts that two catalogues translate differently: they are merged, so one of them would be overruled."""
    known: dict[tuple[str, str | None], tuple[object, Path]] = {}
    for owner in owners():
        for message in owner.existing():
            first = message.id[0] if isinstance(message.id, (tuple, list)) else message.id
            if not first:
                continue
            string, place = known.setdefault((first, message.context), (message.string, owner.catalogue))
            if string != message.string:
                yield f"{owner.catalogue.relative_to(ROOT)}: {first!r} is translated otherwise in {place.relative_to(ROOT)}"


def _complete(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(string) and bool(string) if isinstance(string, (tuple, list)) else bool(string)


def _faults(source: Text, string: Text | None) -> Iterable[str]:
    """Placeholders of the source that are unknown in the translation, and French typography."""
    import re

    sources = source if isinstance(source, (tuple, list)) else (source,)
    strings = string if isinstance(string, (tuple, list)) else (string or "",)
    allowed = set(re.findall(r"%\((\w+)\)s", " ".join(sources))) | {"num", "de_commune", "a_commune"}
    for text in strings:
        unknown = set(re.findall(r"%\((\w+)\)s", text)) - allowed
        if unknown:
            yield f"placeholder {unknown} is not in the source"
        if re.search(
            r"[^\s\u00a0\u202f][;?!»]|« ?\w|\w'\w", re.sub(r"https?:\S+|&\w+;|\w+\?\w", "", text).replace("«\u00a0", "")
        ):
            yield "French typography (non-breaking space before ; ? ! », after «, apostrophe ’)"
        if re.search(r" [:;?!»]|« ", text):
            yield "plain space where French wants a non-breaking one"


def _plain_header(path: Path) -> None:
    """No dates and no names in the header, so that two developers' catalogues merge."""
    text = path.read_text()
    _, _, body = text.partition("\n\n")
    header = 'msgid ""\nmsgstr ""\n"Language: fr\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n'
    path.write_text(f"{header}\n{body}")
