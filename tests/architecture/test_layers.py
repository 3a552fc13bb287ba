"""Who may import whom: the contracts of ``pyproject.toml`` hold, and each of them refuses what it is there to refuse."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
OTHER = "civique/modules/other"
# A contract, a file, and what somebody in a hurry could add to it.
VIOLATIONS = [
    ("Layers of the house", "civique/core/hurried.py", "from civique.web import pages"),
    ("Layers of the house", "civique/web/hurried.py", "from civique.modules.fund import queries"),
    ("Tenancy imports nothing of civique", "tenants/hurried.py", "from civique.core import clock"),
    ("The core knows no HTTP", "civique/core/hurried.py", "from werkzeug import Response"),
    ("The core knows no HTTP", "civique/core/hurried.py", "from tenants.db import db"),
    ("The tenancy meets Flask in one file", "tenants/hurried.py", "from flask import g"),
    ("Nobody else makes a Flask-SQLAlchemy of their own", "civique/web/hurried.py", "import flask_sqlalchemy"),
    ("Modules know nothing of each other", f"{OTHER}/queries.py", "from civique.modules.fund import queries"),
    ("Layers of a module", f"{OTHER}/queries.py", "from civique.modules.other import operations"),
    ("Layers of a module", f"{OTHER}/models.py", "from civique.modules.other import queries"),
    ("Layers of a module", f"{OTHER}/utils.py", ""),
    (
        "Layers of the platform",
        "civique/platform/subscription/queries.py",
        "from civique.platform.subscription import messages",
    ),
    ("What modules write and read knows no HTTP", f"{OTHER}/operations.py", "from flask import request"),
    ("What modules write and read knows no HTTP", f"{OTHER}/queries.py", "from civique.web import lists"),
    ("What modules write and read knows no HTTP", f"{OTHER}/models.py", "from tenants.db import db"),
]


def lint(folder):
    """(Whether every contract is kept, what was said) for a tree."""
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def tree(tmp_path):
    """A copy of the sources with a second, innocent module."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("civique", "tenants"):
        for path in (ROOT / package).rglob("*.py"):
            copy = tmp_path / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    (tmp_path / OTHER).mkdir()
    for name in ("__init__", "manifest", "operations", "queries", "models"):
        (tmp_path / OTHER / f"{name}.py").write_text("")
    return tmp_path


def test_every_contract_is_kept(tree):
    kept, said = lint(ROOT)
    assert kept, said
    kept, said = lint(tree)
    assert kept, said


@pytest.mark.parametrize(("contract", "path", "line"), VIOLATIONS)
def test_each_contract_refuses(contract, path, line, tree):
    with (tree / path).open("a") as file:
        file.write(f"\n{line}\n")
    kept, said = lint(tree)
    assert not kept
    assert f"{contract} BROKEN" in said, said


def test_no_contract_is_left_untried():
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {contract["name"] for contract in contracts} == {contract for contract, _path, _line in VIOLATIONS}
