"""Fetch the vendored front-end files, or check them.

    python static/vendor/rebuild.py            fetch with `npm pack`, rewrite the files and manifest.json
    python static/vendor/rebuild.py --check    compare the files on disk with manifest.json, without network

To upgrade a package: change its version below, rebuild, read its change log, run the tests.
"""

import argparse
import base64
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
# What belongs to this folder without being vendored.
OWN_FILES = {"README.md", "manifest.json", "rebuild.py"}

ICONS = """
accessibility archive arrow-left arrow-right baby bell building-2 calendar calendar-days chart-column check
chevron-down chevron-right circle-alert circle-check clipboard-list clock coins download euro external-link eye eye-off
file-text flag folder globe hand-coins hand-heart heart-handshake history house image inbox info key-round landmark
link list-checks lock log-in log-out mail map map-pin megaphone menu message-circle newspaper party-popper pencil phone
piggy-bank plus printer qr-code search send settings shield shield-check smartphone sparkles sprout trash-2
triangle-alert upload user user-plus users vote x
"""


@dataclass(frozen=True)
class Package:
    """An npm package: `files` maps a path inside it to a path in this folder; `tests` are never sent to a visitor."""

    name: str
    version: str
    licence: str
    files: dict[str, str]
    use: str = "pages"


PACKAGES = [
    Package("htmx.org", "4.0.1", "0BSD", {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "htmx.LICENSE"}),
    Package("htmx.org", "4.0.1", "0BSD", {"dist/scripts/upgrade-check.py": "htmx-upgrade-check.py"}, use="tests"),
    Package(
        "axe-core",
        "4.14.1",
        "MPL-2.0",
        {
            "axe.min.js": "axe.min.js",
            "LICENSE": "axe.LICENSE",
            "LICENSE-3RD-PARTY.txt": "axe.LICENSE-3RD-PARTY.txt",
        },
        use="tests",
    ),
    Package(
        "lucide-static",
        "1.62.0",
        "ISC",
        {f"icons/{icon}.svg": f"lucide/{icon}.svg" for icon in ICONS.split()} | {"LICENSE": "lucide/LICENSE"},
    ),
]


def integrity(content: bytes) -> str:
    """SHA-384 in the form of a subresource `integrity` attribute."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def fetch(package: Package) -> dict[str, bytes]:
    """The wanted files of a package, by path inside it."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        (archive,) = Path(folder).glob("*.tgz")
        content = archive.read_bytes()
    with tarfile.open(fileobj=io.BytesIO(content)) as files:
        members = {name: files.extractfile(f"package/{name}") for name in package.files}
        return {name: member.read() for name, member in members.items() if member}


def rebuild() -> None:
    """Rewrite the files and the manifest, and remove what is no longer wanted."""
    entries = []
    for package in PACKAGES:
        for source, content in fetch(package).items():
            path = HERE / package.files[source]
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            entries.append(
                {
                    "name": package.name,
                    "version": package.version,
                    "licence": package.licence,
                    "use": package.use,
                    "path": package.files[source],
                    "source": source,
                    "sha384": integrity(content),
                }
            )
    entries.sort(key=lambda entry: entry["path"])
    (HERE / "manifest.json").write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
    for stale in vendored(HERE) - {entry["path"] for entry in entries}:
        (HERE / stale).unlink()


def vendored(folder: Path) -> set[str]:
    """Paths of the files in `folder`, relative to it, our own left out."""
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix() for path in found} - OWN_FILES


def check(folder: Path = HERE) -> list[str]:
    """What differs between the files of `folder` and its manifest, one sentence each; empty when all is well."""
    expected = {entry["path"]: entry["sha384"] for entry in json.loads((folder / "manifest.json").read_text("utf-8"))}
    present = vendored(folder)
    problems = [f"{path} is missing" for path in sorted(expected.keys() - present)]
    problems += [f"{path} is not in the manifest" for path in sorted(present - expected.keys())]
    for path in sorted(present & expected.keys()):
        if integrity((folder / path).read_bytes()) != expected[path]:
            problems.append(f"{path} differs from the manifest")
    return problems


def main() -> None:
    """Command line; exits 1 when `--check` finds a difference."""
    parser = argparse.ArgumentParser(description="Vendored front-end files")
    parser.add_argument("--check", action="store_true", help="compare the files on disk with manifest.json")
    if not parser.parse_args().check:
        rebuild()
    problems = check()
    print("\n".join(problems) or "All files are those of the manifest.")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
