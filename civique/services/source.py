"""The source of the running release as one archive: what the licence (AGPL-3.0, section 13) promises to who uses it."""

import gzip
import os
import tarfile
import tempfile
from pathlib import Path

PARTS = (
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "civique",
    "deploy",
    "docs",
    "migrations",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements.txt",
    "static",
    "templates",
    "tenants",
    "tests",
)
LEFT_OUT = {"__pycache__"}


def source_archive(root: Path, folder: Path) -> Path:
    """Archive of the source that stands under ``root``, made once a release and kept in ``folder``.

    The same source gives the same bytes: sorted names, no owner, no date. A change on the disk after the first call (a
    developer's machine) is seen, since the newest file's time is in the name.
    """
    files = sorted(path for part in PARTS for path in _files(root / part))
    newest = max(int(path.stat().st_mtime) for path in files)
    target = folder / f"civique-{newest}.tar.gz"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=folder)
        with (
            os.fdopen(handle, "wb") as raw,
            gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w") as archive,
        ):
            for path in files:
                archive.add(path, f"civique/{path.relative_to(root)}", filter=_anonymous)
        Path(draft).replace(target)
    return target


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return [file for file in path.rglob("*") if file.is_file() and not LEFT_OUT & set(file.parts)]


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry
