"""The vendored front-end files are those of their manifest, and nothing else lies beside them."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

VENDOR = Path(__file__).parents[2] / "static" / "vendor"


@pytest.fixture(scope="module")
def rebuild() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor_rebuild", VENDOR / "rebuild.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def manifest() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = json.loads((VENDOR / "manifest.json").read_text())
    return entries


def test_the_files_are_those_of_the_manifest(rebuild: ModuleType) -> None:
    assert rebuild.check() == []


def test_the_manifest_is_the_one_rebuild_would_write(rebuild: ModuleType, manifest: list[dict[str, str]]) -> None:
    wanted = {
        (package.name, package.version, package.licence, package.use, source, path)
        for package in rebuild.PACKAGES
        for source, path in package.files.items()
    }
    keys = ("name", "version", "licence", "use", "source", "path")
    assert {tuple(entry[key] for key in keys) for entry in manifest} == wanted
    assert len(manifest) == len(wanted)


def test_a_change_is_noticed(rebuild: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "vendor"
    shutil.copytree(VENDOR, folder)
    (folder / "htmx.min.js").write_bytes((folder / "htmx.min.js").read_bytes() + b" ")
    (folder / "lucide" / "x.svg").unlink()
    (folder / "lucide" / "new.svg").write_text("<svg/>")
    assert rebuild.check(folder) == [
        "lucide/x.svg is missing",
        "lucide/new.svg is not in the manifest",
        "htmx.min.js differs from the manifest",
    ]


def test_the_command_line_checks_without_network() -> None:
    done = subprocess.run([sys.executable, VENDOR / "rebuild.py", "--check"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_package_comes_with_its_licence(manifest: list[dict[str, str]]) -> None:
    assert {entry["name"] for entry in manifest if "LICENSE" in entry["path"]} == {entry["name"] for entry in manifest}


def test_icons_can_be_inlined(manifest: list[dict[str, str]]) -> None:
    icons = [VENDOR / entry["path"] for entry in manifest if entry["path"].endswith(".svg")]
    assert len(icons) >= 60
    for icon in icons:
        root = ElementTree.parse(icon).getroot()
        assert root.get("viewBox") == "0 0 24 24"
        assert root.get("stroke") == "currentColor"
        assert not any(
            name.startswith("on") or name in ("href", "style") for element in root.iter() for name in element.attrib
        )
