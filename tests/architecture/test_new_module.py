"""``civique module new``, as docs/modules.md says it: the commands of its section are followed in a copy of the sources."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from civique.new_module import FRENCH, LABEL, NewModule, NotMade, make

ROOT = Path(__file__).parent.parent.parent
LEFT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", "shots", "*.egg-info")
SECTION = re.compile(r"^## A module in ten minutes\n(.*?)^## ", re.M | re.S)
# What is asked of every module besides, in the same run.
ALSO = (
    "tests/architecture/test_declarations.py tests/architecture/test_matrix.py::test_the_lists_of_routes_are_those_agreed"
    " tests/core/test_personal_columns.py::test_every_column_is_exported_and_erased_or_listed_with_a_reason"
    " tests/architecture/test_words_of_the_trail.py tests/architecture/test_words_that_leave.py"
)
MINUTES = 5
FOLDERS = ("civique/modules/loans", "templates/loans", "migrations/tenant/loans", "tests/modules/loans")


def commands():
    """The commands of the section, one a line."""
    section = SECTION.search((ROOT / "docs" / "modules.md").read_text())[1]
    (block,) = re.findall(r"^```sh\n(.*?)^```$", section, re.M | re.S)
    return [line for line in block.splitlines() if line]


def contents(folder):
    """What every file of a tree holds, by its name; nothing of what programs leave there."""
    left = {".venv", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache"}
    paths = (path for path in folder.rglob("*") if not left & set(path.relative_to(folder).parts))
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths if path.is_file()}


@pytest.fixture
def copy():
    """A copy of the sources, with the same virtual environment, in a folder that the unprivileged user of the servers reads."""
    with tempfile.TemporaryDirectory(prefix="civique-copy-") as folder:
        Path(folder).chmod(0o755)
        tree = Path(folder) / "civique"
        shutil.copytree(ROOT, tree, ignore=LEFT)
        (tree / ".venv").symlink_to(ROOT / ".venv")
        yield tree


def test_the_commands_of_the_docs(copy):
    """They succeed, with no edit and no network, and only new files appear."""
    assert commands()[0].startswith(".venv/bin/civique module new loans ")
    assert [command for command in commands() if command.startswith("make ")], "it is checked and tested"
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "PATH", "TMPDIR") if name in os.environ}
    environment = {**kept, "JOBS": "1", "BROWSER": "none", "PIP_NO_INDEX": "1", "PYTEST_ADDOPTS": ALSO}
    before = contents(copy)
    for command in commands():
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=MINUTES * 60,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    after = contents(copy)
    assert {name for name in before if before[name] != after.get(name)} == set(), "nothing that was there is edited"
    assert all(name.startswith(FOLDERS) for name in set(after) - set(before))
    new = b"".join(after[name] for name in set(after) - set(before)).decode()
    assert not re.search(r"skeleton|squelette|SKE-", new, re.I)


@pytest.mark.parametrize(
    ("name", "label", "french", "why"),
    [
        ("Loans", "Loans", "Prêts", "no name"),
        ("2loans", "Loans", "Prêts", "no name"),
        ("lo ans", "Loans", "Prêts", "no name"),
        ("../loans", "Loans", "Prêts", "no name"),
        ("class", "Loans", "Prêts", "no name"),
        ("l" * 21, "Loans", "Prêts", "no name"),
        ("core", "Loans", "Prêts", "taken"),
        ("skeleton", "Loans", "Prêts", "taken"),
        ("fund", "Loans", "Prêts", "taken"),
        ("agenda", "Loans", "Prêts", "pages called"),
        ("loans", 'Loans"', "Prêts", "label"),
        ("loans", "Loans", "Prêts : lesquels", "label"),
        ("loans", "Questions", "Autre chose", "in French already"),
        ("loans", "Loans", "Fonds", "address"),
    ],
)
def test_what_cannot_be_made(name, label, french, why):
    before = contents(ROOT / "civique" / "modules")
    with pytest.raises(NotMade, match=why):
        make(name, label, french)
    assert contents(ROOT / "civique" / "modules") == before


def test_names_are_made_of_the_name_and_of_the_french():
    module = NewModule("community_gear", "Community gear", "Matériel de l’été")
    assert (module.path, module.prefix) == ("materiel-de-l-ete", "COM")
    assert module.renamed("from civique.skeleton.models import SkeletonRequest") == (
        "from civique.modules.community_gear.models import CommunityGearRequest"
    )
    assert module.renamed(f"{LABEL}, {FRENCH}, prêt de matériel") == (
        "Community gear, Matériel de l’été, matériel de l’été"
    )
    assert NewModule("consultations", "Consultations", "Consultations").prefix == "CONS", "CON is that of questions"


def test_the_skeleton_is_no_module_of_a_deployment():
    """It ships, and no commune sees it: only what « CIVIQUE_EXTRA_MODULES » names is a module besides those of the folder."""
    code = "from civique.core.registry import modules; print(*modules().by_name)"
    environment = {**os.environ, "CIVIQUE_EXTRA_MODULES": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert "fund" in done.stdout.split()
    assert "skeleton" not in done.stdout.split()
