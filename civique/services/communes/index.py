"""The search index: the shipped CSV loaded into an SQLite file of the cache folder."""

import csv
import gzip
import hashlib
import io
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from .names import fold, split_article

SOURCE = Path(__file__).with_name("communes.csv.gz")

# `term` holds the folded keys of each name. Rank 0: the full name, with and without its article;
# rank 1: each of its words, and the name written in one word.
# Population is repeated there so that a prefix is ranked by reading one index only.
_SCHEMA = """
CREATE TABLE commune (
    code TEXT, kind TEXT, name TEXT, article INTEGER,
    department_code TEXT, department_name TEXT, region_code TEXT, region_name TEXT,
    siren TEXT, postal_codes TEXT, population INTEGER, parent TEXT, epci_code TEXT, epci_name TEXT,
    PRIMARY KEY (code, kind)
) WITHOUT ROWID;
CREATE TABLE entry (id INTEGER PRIMARY KEY, current TEXT, code TEXT, kind TEXT, words TEXT);
CREATE TABLE term (
    rank INTEGER, key TEXT, entry INTEGER, population INTEGER, PRIMARY KEY (rank, key, entry)
) WITHOUT ROWID;
CREATE TABLE postal (key TEXT, current TEXT, population INTEGER, PRIMARY KEY (key, current)) WITHOUT ROWID;
CREATE INDEX commune_parent ON commune (parent);
"""
_CURRENT = "commune-actuelle"


def index_file(cache_folder: Path) -> Path:
    """Path of the SQLite index in `cache_folder`, built there first if it is missing.

    The name carries a hash of the data and of the code that reads it, so an upgrade makes a new file.
    Several processes may build at once: each writes its own temporary file, and the rename is atomic.
    """
    packed = SOURCE.read_bytes()
    code = Path(__file__).read_bytes() + Path(__file__).with_name("names.py").read_bytes()
    path = cache_folder / f"communes-{hashlib.sha256(packed + code).hexdigest()[:16]}.sqlite"
    if not path.exists():
        cache_folder.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=cache_folder, prefix=".communes-", suffix=".sqlite")
        os.close(handle)
        try:
            _build(Path(temporary), packed)
            Path(temporary).chmod(0o644)  # public data, which another user of the same machine may serve
            Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)
    return path


def _build(path: Path, packed: bytes) -> None:
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode())))
    populations = {row["code"]: int(row["population"] or 0) for row in rows if row["kind"] == _CURRENT}
    # Entries are numbered current communes first: of two names of one commune that answer equally, its own leads.
    named = sorted((row for row in rows if row["kind"] != "arrondissement-municipal"), key=lambda row: row["kind"])
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(_SCHEMA)
        columns = ", ".join(f"nullif(:{column}, '')" for column in rows[0])
        database.executemany(f"INSERT INTO commune VALUES ({columns})", rows)  # noqa: S608 - columns of our own file
        for number, row in enumerate(named):
            current = row["parent"] or row["code"]
            terms = set(_terms(row["name"], int(row["article"])))
            words = " ".join(sorted(key for rank, key in terms if rank == 1))
            database.execute(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?)", (number, current, row["code"], row["kind"], words)
            )
            database.executemany(
                "INSERT INTO term VALUES (?, ?, ?, ?)",
                ((rank, key, number, populations[current]) for rank, key in terms),
            )
        database.executemany(
            "INSERT INTO postal VALUES (?, ?, ?)",
            (
                (postal, row["code"], populations[row["code"]])
                for row in named
                for postal in row["postal_codes"].split()
            ),
        )


def _terms(name: str, article: int) -> Iterator[tuple[int, str]]:
    """The (rank, key) pairs under which a name is found."""
    for whole in {fold(name), fold(split_article(name, article)[1])}:
        yield 0, whole
        yield 1, whole.replace(" ", "")
        for word in whole.split():
            yield 1, word
