"""Rewrite `communes.csv.gz` and `SOURCE.md` from the official data set.

    python -m civique.services.communes.rebuild

Needs `npm`. To take another vintage, change `VERSION` and `VINTAGE` (one major version of the package per year).
"""

import csv
import gzip
import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

PACKAGE = "@etalab/decoupage-administratif"
VERSION = "6.0.0"
VINTAGE = 2026
HERE = Path(__file__).parent
_WRITTEN_ARTICLES = {"Le ": 2, "La ": 3, "Les ": 4, "L'": 5}


def fetch() -> bytes:
    """The package's archive, through the npm client."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=folder, check=True, capture_output=True)
        (archive,) = Path(folder).glob("*.tgz")
        return archive.read_bytes()


def article(name: str, liaison: int | None) -> int:
    """INSEE's code, or one read from the name for the 94 overseas rows that have none.

    Also repairs « Le Vernet-Chaméane », published with code 0 although its name carries an article.
    """
    if not liaison:
        for written, code in _WRITTEN_ARTICLES.items():
            if name.startswith(written):
                return code
    if liaison is None:
        return int(name[0] in "AEIOUÉÈÎÔŒ")
    return liaison


def compact(archive: bytes) -> list[dict[str, Any]]:
    """The rows to write, sorted by (code, kind): the code alone names both a commune and one of its déléguées."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as package:
        data = {name: _read(package, name) for name in ("communes", "departements", "regions", "epci")}
    departments = {row["code"]: row["nom"] for row in data["departements"]}
    regions = {row["code"]: row["nom"] for row in data["regions"]}
    groups = {member["code"]: (epci["code"], epci["nom"]) for epci in data["epci"] for member in epci["membres"]}
    rows = []
    for row in data["communes"]:
        parent = row.get("chefLieu") or row.get("commune") or ""
        epci_code, epci_name = groups.get(parent or row["code"], ("", ""))
        rows.append(
            {
                "code": row["code"],
                "kind": row["type"],
                "name": row["nom"],
                "article": article(row["nom"], row.get("typeLiaison")),
                "department_code": row["departement"],
                "department_name": departments[row["departement"]],
                "region_code": row["region"],
                "region_name": regions[row["region"]],
                "siren": row.get("siren", ""),
                "postal_codes": " ".join(sorted(row.get("codesPostaux", []))),
                "population": row.get("population", ""),
                "parent": parent,
                "epci_code": epci_code,
                "epci_name": epci_name,
            }
        )
    return sorted(rows, key=lambda row: (row["code"], row["kind"]))


def _read(package: tarfile.TarFile, name: str) -> list[dict[str, Any]]:
    member = package.extractfile(f"package/data/{name}.json")
    assert member is not None, "the package holds regular files"
    rows: list[dict[str, Any]] = json.load(member)
    return rows


def write(rows: list[dict[str, Any]], archive: bytes) -> None:
    """Write both files; the same rows give the same bytes."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    buffer = io.BytesIO()
    # gzip.compress writes a header that depends on the Python version; no file name and no date either.
    with gzip.GzipFile(filename="", fileobj=buffer, mode="wb", mtime=0) as stream:
        stream.write(text.getvalue().encode())
    packed = buffer.getvalue()
    (HERE / "communes.csv.gz").write_bytes(packed)
    source = f"""# Source of `communes.csv.gz`

| | |
|---|---|
| Package | npm `{PACKAGE}` {VERSION}, vintage {VINTAGE} |
| Producers | INSEE (COG, populations légales), DGCL (EPCI, SIREN), La Poste (codes postaux) |
| Licence of the data | Licence Ouverte 2.0 (Etalab) |
| Licence of the package's code | MIT |
| Rows | {len(rows)} |
| SHA-256 of the package's archive | `{hashlib.sha256(archive).hexdigest()}` |
| SHA-256 of `communes.csv.gz` | `{hashlib.sha256(packed).hexdigest()}` |

Reuse must name the source and the vintage.

Rebuild with `python -m civique.services.communes.rebuild` (needs `npm`).
"""
    (HERE / "SOURCE.md").write_text(source, encoding="utf-8")
    print(f"{len(rows)} rows, {len(packed)} bytes")


def main() -> None:
    """Fetch, compact, write."""
    archive = fetch()
    write(compact(archive), archive)


if __name__ == "__main__":
    main()
