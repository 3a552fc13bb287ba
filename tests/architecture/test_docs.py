"""What the documentation says exists: commands, options, targets of make, files, folders, fields of the manifest."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from civique.cli import main
from civique.core.manifest import Manifest

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
SCREENSHOTS = ROOT / "docs" / "screenshots"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"!?\[[^]]*\]\(([^)\s]+)\)")
# A command begins a line, perhaps after variables, a pipe, « $( » or what runs it inside a container.
COMMAND = re.compile(
    r"""(?:^|&&|\||\$\(|\brun\ --rm(?:\ -e\ \S+|\ --\S+)*\ \w+\ |\bexec(?:\ -T)?\ \w+\ )\s*
        (?:[A-Z_]+=\S+\s+)*(?:civique|\S*python\ -m\ civique\.cli)(\ [a-z-][^\n|>)]*)?""",
    re.X | re.M,
)


def name(page: Path) -> str:
    """A page's name, for the names of the tests."""
    return str(page.relative_to(ROOT))


def code(page: Path) -> Iterator[str]:
    """Blocks of shell and spans of code of a page."""
    text = page.read_text()
    for language, block in FENCE.findall(text):
        if language == "sh":
            yield re.sub(r"\s#\s.*", "", block.replace("\\\n", " "))
    yield from SPAN.findall(FENCE.sub("", text))


def commands(text: str) -> Iterator[list[str]]:
    """Words after ``civique`` in a piece of code."""
    for found in COMMAND.finditer(text):
        words = (found.group(1) or "").replace("…", "").split("#")[0]
        yield shlex.split(words.rstrip("`"), comments=True)


def problem(words: list[str]) -> str | None:
    """What the command line does not know in these words."""
    command: click.Command = main
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        if words[0] not in command.commands:
            return f"no command « {words[0]} »"
        command, words = command.commands[words[0]], words[1:]
    known = {option for parameter in command.params for option in parameter.opts}
    unknown = [w.split("=")[0] for w in words if w.startswith("-") and w.split("=")[0] not in {*known, "-h", "--help"}]
    return f"no option {unknown}" if unknown else None


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_quoted_exists(page):
    wrong = {" ".join(words): problem(words) for text in code(page) for words in commands(text) if problem(words)}
    assert wrong == {}


def test_the_pages_quote_commands():
    """So that the test above cannot pass by finding nothing."""
    quoted = {words[0] for page in PAGES for text in code(page) for words in commands(text) if words}
    assert quoted >= {"db", "tenant", "operator", "doctor", "outbox", "web", "worker", "relay", "bench"}
    assert problem(["tenant", "destroy"])
    assert problem(["tenant", "delete", "x", "--now"])


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_target_of_make_quoted_exists(page):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    quoted = {t for text in code(page) for t in re.findall(r"(?:^|\s)make ([a-z]+)", text)}
    assert quoted <= targets


def anchors(page: Path) -> set[str]:
    """Anchors of a page's headings, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_relative_link_leads_somewhere(page):
    for target in LINK.findall(FENCE.sub("", page.read_text())):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = unquote(target).partition("#")
        place = (page.parent / path).resolve() if path else page
        if place.parent == SCREENSHOTS:
            continue
        assert place.exists(), target
        if anchor:
            assert anchor in anchors(place), target


def test_the_layout_names_every_package_and_every_file_at_the_top_of_civique():
    layout = next(block for _, block in FENCE.findall((ROOT / "README.md").read_text()) if "tenants/" in block)
    for entry in sorted((ROOT / "civique").iterdir()):
        if entry.name.startswith("__"):
            continue
        shown = f"{entry.name}/" if entry.is_dir() else entry.name
        assert re.search(rf"(?<![\w.]){re.escape(shown)}", layout), shown
    for entry in ("migrations", "templates", "static", "tests", "docs", "deploy", "tenants"):
        assert (ROOT / entry).is_dir()
        assert f"{entry}/" in layout


def test_the_layout_names_every_folder_of_tests():
    layout = next(block for _, block in FENCE.findall((ROOT / "README.md").read_text()) if "tenants/" in block)
    line = next(line for line in layout.splitlines() if line.startswith("tests/"))
    helpers = {"__pycache__", "many", "sample", "services", "snapshots"}
    folders = {entry.name for entry in (ROOT / "tests").iterdir() if entry.is_dir()} - helpers
    assert {folder for folder in folders if folder not in line} == set()


def test_every_field_of_the_manifest_is_explained():
    text = (ROOT / "docs" / "modules.md").read_text()
    assert {field.name for field in fields(Manifest) if f"`{field.name}`" not in text} == set()


def test_every_setting_of_the_example_is_read_or_used():
    """A name in the example that nothing reads would mislead who fills it in."""
    example = (ROOT / "deploy" / "civique.env.example").read_text()
    readers = [ROOT / "civique" / "core" / "config.py", ROOT / "civique" / "cli.py", *(ROOT / "deploy").glob("*")]
    used = "\n".join(p.read_text() for p in readers if p.is_file() and p.name != "civique.env.example")
    settings = set(re.findall(r"^([A-Z_]+)=", example, re.M))
    assert {setting for setting in settings if setting not in used} == set()
    read = set(re.findall(r'env(?:iron)?\.get\("([A-Z_]+)"', used))
    developers = {"CIVIQUE_EXTRA_MODULES", "REGISTRY_SECONDS", "LEASE_SECONDS", "LIMITS"}
    assert read - developers <= settings


def test_no_path_of_a_machine_and_no_registry():
    for page in [*PAGES, *(p for p in (ROOT / "deploy").rglob("*") if p.is_file())]:
        assert not re.search(r"/home/\w|/Users/|index-url", page.read_text()), page
