"""Look-ups in the official list of communes."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from .index import index_file
from .names import Article, fold, is_one_slip_away


class Kind(StrEnum):
    """What a row of the Code officiel géographique is."""

    CURRENT = "commune-actuelle"
    DELEGATED = "commune-deleguee"
    ASSOCIATED = "commune-associee"
    DISTRICT = "arrondissement-municipal"


@dataclass(frozen=True)
class Commune:
    """One row of the Code officiel géographique, vintage of `SOURCE.md`.

    `insee` is unique among current communes only: a commune déléguée may bear the code of its commune nouvelle.
    `siren` has nine digits and is None overseas (outside the départements) and for all parts of communes;
    `population` is the legal municipal population, None when unknown and 0 for the villages destroyed in 1916;
    `parent_insee` is the current commune of a part; `epci` is the intercommunalité with its own taxation.
    """

    insee: str
    name: str
    kind: Kind
    article: Article
    department_code: str
    department_name: str
    region_code: str
    region_name: str
    siren: str | None
    postal_codes: tuple[str, ...]
    population: int | None
    parent_insee: str | None
    epci_code: str | None
    epci_name: str | None


@dataclass(frozen=True)
class Match:
    """A current commune, and the name that answered: its own or that of a commune déléguée or associée."""

    commune: Commune
    matched_name: str
    matched_kind: Kind


_Hit = tuple[str, str, str]  # code of the current commune, then code and kind of the row that answered

# How a name may answer, best first. « ~ » sorts after every letter a key may hold.
_EXACT = "rank = 0 AND key = :text"
_PREFIX = "rank = 0 AND key > :text AND key < :text || '~'"
_WORD = "rank = 1 AND key >= :word AND key < :word || '~'"
_OTHER_WORD = " AND EXISTS (SELECT 1 FROM entry WHERE id = term.entry AND instr(' ' || words, :{}) > 0)"
_POSTAL = (
    " AND EXISTS (SELECT 1 FROM entry JOIN commune ON commune.code = entry.current"
    " WHERE entry.id = term.entry AND commune.kind = 'commune-actuelle'"
    " AND instr(' ' || postal_codes, ' ' || :postal) > 0)"
)
# One slip leaves either half of a word as it is, which is quicker to see.
_NEAR = (
    "rank = :rank AND length(key) BETWEEN :least AND :most"
    " AND (substr(key, 1, length(:head)) = :head OR substr(key, -length(:tail)) = :tail)"
    " AND is_one_slip_away(:text, key)"
)
_LEAST_LETTERS = 4  # in shorter words one slip makes too many others
_MOST_WORDS = 12  # no name has more, and SQLite bounds the length of a condition


class Communes:
    """The communes of France, from the shipped data set.

    The index is built in `cache_folder` at the first look-up (about a second, once per release), then only read.
    Each look-up opens the file anew, a tenth of a millisecond: nothing is shared between threads or after a fork.
    """

    def __init__(self, cache_folder: Path) -> None:
        self._cache_folder = cache_folder

    @cached_property
    def _uri(self) -> str:
        return f"{index_file(self._cache_folder).resolve().as_uri()}?mode=ro&immutable=1"

    def get(self, insee: str) -> Commune | None:
        """The current commune with this code, never the commune déléguée that may bear the same code."""
        with self._open() as database:
            found = database.execute("SELECT * FROM commune WHERE code = ? AND kind = ?", (insee, Kind.CURRENT))
            return next(map(_commune, found), None)

    def delegated(self, insee: str) -> list[Commune]:
        """The communes déléguées and associées of a current commune, by name; empty for most communes."""
        with self._open() as database:
            found = database.execute(
                "SELECT * FROM commune WHERE parent = ? AND kind IN (?, ?)", (insee, Kind.DELEGATED, Kind.ASSOCIATED)
            )
            return sorted(map(_commune, found), key=lambda part: fold(part.name))

    def search(self, text: str, limit: int = 8) -> list[Match]:
        """At most `limit` current communes answering `text`, each once, best first.

        `text` is a name or its beginning, words of a name in any order, a postal code or its beginning, an INSEE code,
        or a name together with (the beginning of) a postal code: « Saint-Denis 93 ». Accents, case, hyphens and
        apostrophes do not count, « St » reads « Saint ». Names of communes déléguées and associées lead to their
        current commune. Order: the full name (its article is optional), then prefixes, then words; then population.
        When nothing answers, the names and words that one slip of a letter separates from `text`.
        """
        with self._open() as database:
            matches: dict[str, Match] = {}
            for current, code, kind in _hits(database, fold(text), limit):
                if len(matches) == limit:
                    break
                if current not in matches:
                    answer = _load(database, code, kind)
                    matches[current] = Match(_load(database, current, Kind.CURRENT), answer.name, answer.kind)
            return list(matches.values())

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._uri, uri=True)) as database:
            yield database


def _load(database: sqlite3.Connection, code: str, kind: str) -> Commune:
    """A row to which the index refers."""
    return _commune(database.execute("SELECT * FROM commune WHERE code = ? AND kind = ?", (code, kind)).fetchone())


def _commune(row: tuple) -> Commune:
    insee, kind, name, article, department, department_name, region, region_name, siren, postal, *rest = row
    return Commune(
        insee,
        name,
        Kind(kind),
        Article(article),
        department,
        department_name,
        region,
        region_name,
        siren,
        tuple((postal or "").split()),
        *rest,
    )


def _hits(database: sqlite3.Connection, text: str, limit: int) -> Iterator[_Hit]:
    """Answers in order; one commune may come several times."""
    code = text.replace(" ", "").upper()
    if re.fullmatch(r"[0-9]{1,5}|2[AB][0-9]{3}", code):
        yield from _by_code(database, code, limit)
    else:
        yield from _by_name(database, text)


def _by_code(database: sqlite3.Connection, code: str, limit: int) -> Iterator[_Hit]:
    """Postal codes first, for people know theirs; but a full INSEE code always keeps a place."""
    insee = database.execute(
        "SELECT coalesce(parent, code), code, kind FROM commune WHERE code = ? ORDER BY kind LIMIT 1", (code,)
    ).fetchall()
    postal = database.execute(
        "SELECT DISTINCT current, current, ? FROM postal WHERE key >= ? AND key < ? || '~'"
        " ORDER BY population DESC, current LIMIT ?",
        (Kind.CURRENT, code, code, limit - len(insee)),
    )
    return chain(postal, insee)


def _by_name(database: sqlite3.Connection, text: str) -> Iterator[_Hit]:
    """Names that are, then begin with, then hold the words of `text`; at most one of its words may be digits."""
    digits = [word for word in text.split() if word.isdigit()]
    words = [word for word in text.split() if not word.isdigit()]
    if not words or len(words) > _MOST_WORDS or len(digits) > 1:
        return
    # Half of the long names hold « saint »: another word narrows the search better.
    rarest = max(words, key=lambda word: (word not in ("saint", "sainte"), len(word)))
    others = {f"other{number}": f" {word}" for number, word in enumerate(words) if word != rarest}
    values: dict[str, Any] = {"text": " ".join(words), "word": rarest, "postal": "".join(digits), **others}
    postal = _POSTAL if digits else ""
    nothing = True
    for condition in (_EXACT, _PREFIX, _WORD + "".join(map(_OTHER_WORD.format, others))):
        for hit in _named(database, condition + postal, values):
            nothing = False
            yield hit
    whole = values["text"]
    if nothing and len(whole) >= _LEAST_LETTERS:
        database.create_function("is_one_slip_away", 2, is_one_slip_away, deterministic=True)
        half = len(whole) // 2
        values |= {"least": len(whole) - 1, "most": len(whole) + 1, "head": whole[:half], "tail": whole[half + 1 :]}
        for rank in (0, 1):
            yield from _named(database, _NEAR + postal, values | {"rank": rank})


def _named(database: sqlite3.Connection, condition: str, values: Mapping[str, Any]) -> Iterator[_Hit]:
    """Answers of one kind, the most populated first. No value of the visitor is in the text of the query."""
    found = f"SELECT entry FROM term WHERE {condition} ORDER BY population DESC, entry"  # noqa: S608
    for entry in database.execute(found, values):
        yield database.execute("SELECT current, code, kind FROM entry WHERE id = ?", entry).fetchone()
