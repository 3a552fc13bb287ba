"""Rules that no linter knows."""

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def sources(*folders, suffix=".py"):
    for folder in folders:
        yield from sorted((ROOT / folder).rglob(f"*{suffix}"))


# End of request, end of job, command line, and what composes them for a commune that is not the current one.
COMMITS = {
    "civique/web/application.py",
    "civique/worker.py",
    "civique/cli.py",
    "civique/core/opening.py",
    "civique/core/switching.py",
    "civique/core/tasks.py",
    "civique/demo.py",
    "civique/platform/access/operations.py",
    "civique/platform/subscription/jobs.py",
    "tenants/engines.py",
}


def commits(source):
    """Whether a source calls ``commit`` on something."""
    return any(isinstance(node, ast.Attribute) and node.attr == "commit" for node in ast.walk(ast.parse(source)))


def test_commit_lives_where_work_ends():
    """Operations, queries and views never commit."""
    found = {str(p.relative_to(ROOT)) for p in sources("civique", "tenants") if commits(p.read_text())}
    assert {path for path in found if not path.startswith(("civique/bench/", "civique/demonstration/"))} == COMMITS
    assert commits("def give(session):\n    session.commit()")
    assert not commits('"""Never call session.commit() here."""')


def names_oneself(source):
    """Whether a source calls ``me()``."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return any(isinstance(call.func, ast.Name) and call.func.id == "me" for call in calls)


def test_a_module_asks_in_the_name_of_the_relative_for_whom_somebody_acts():
    """``applicant()`` gives the relative and tells the audit; ``me()`` would make the request of whoever types it."""
    found = [p for p in sources("civique/modules", "civique/skeleton", "tests/sample") if names_oneself(p.read_text())]
    assert found == []
    assert names_oneself("ask(me())")
    assert not names_oneself("ask(applicant())")


def test_templates_hold_no_inline_style_or_script():
    for path in sources("templates", suffix=".html"):
        if path.parent.name == "_mail":
            continue
        text = path.read_text()
        assert not re.search(r'\sstyle="', text), path
        assert "hx-on" not in text, path
        assert "js:" not in text, path
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path


def test_templates_use_htmx_4():
    checker = ROOT / "static" / "vendor" / "htmx-upgrade-check.py"
    done = subprocess.run(
        [sys.executable, str(checker), "--ext", ".html", str(ROOT / "templates")],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if "renamed-attr" in line and "hx-disable" not in line]
    assert lines == [], done.stdout


def test_no_address_of_a_registry_and_no_machine_path():
    import tomllib

    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "http" not in text
        assert "--index" not in text
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"] == ">=3.11"


def test_what_is_imported_is_declared():
    """A package that only comes with another one may leave with it."""
    import tomllib
    from importlib.metadata import packages_distributions

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {plain(re.split(r"[\[<>=]", requirement)[0]) for requirement in project["dependencies"]}
    declared |= {"werkzeug", "jinja2", "markupsafe", "itsdangerous"}  # of the people who make Flask, and part of it
    declared |= {"playwright"}  # the bench looks at pages when it is there
    known, ours = packages_distributions(), {"civique", "tenants", *sys.stdlib_module_names}
    for path in sources("civique", "tenants", "migrations"):
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            for name in {module.partition(".")[0] for module in modules} - ours:
                assert {plain(project) for project in known[name]} & declared, (path, name)


def plain(name):
    """Name of a project as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_light_imports_of_the_relay():
    """The relay knows no Flask and no module."""
    code = "import civique.relay, sys; print([m for m in ('flask', 'wtforms', 'PIL', 'typst', 'civique.modules.fund') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_views_of_a_module_ask_its_queries():
    """Reading is in ``queries``: a view that writes SQL hides what eighteen modules look for there."""
    views = [path for path in (ROOT / "civique" / "modules").rglob("*.py") if "views" in path.parts]
    assert views
    assert [str(path) for path in views if re.search(r"\bselect\(", path.read_text())] == []


def literal_states(source, codes):
    """Codes of states that a source compares ``state`` with, or gives to it, as literals."""
    found = []
    for node in ast.walk(ast.parse(source)):
        texts = []
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr == "state":
            texts = [leaf for side in node.comparators for leaf in ast.walk(side)]
        elif isinstance(node, ast.keyword) and node.arg == "state":
            texts = [node.value]
        found += [t.value for t in texts if isinstance(t, ast.Constant) and t.value in codes]
    return found


def test_states_of_cases_are_constants():
    """One class of ``models.py`` names the states; their labels and transitions stand in ``workflow.py`` alone."""
    from civique.core.registry import modules

    workflows = [workflow for manifest in modules() for workflow in manifest.workflows]
    assert {workflow.name for workflow in workflows} >= {"question", "application"}
    for workflow in workflows:
        folder = ROOT / Path(*workflow.model.__module__.split(".")[:-1])
        for path in sorted(folder.rglob("*.py")):
            assert literal_states(path.read_text(), workflow.by_code) == [], path
        for path in sorted((ROOT / "templates" / folder.name).rglob("*.html")):
            compared = re.findall(rf"{workflow.name}\.state (?:[!=]=|in|not in) \(?'(\w+)'", path.read_text())
            assert not set(compared) & set(workflow.by_code), path
    assert (
        literal_states("case.state == 'draft'\nCase(state='draft')\nother.state in ('draft', x)", {"draft"})
        == ["draft"] * 3
    )


def test_no_text_hides_in_a_formatted_string():
    """``f"{_('…')}"`` is not found when the texts are gathered: it would never be translated."""
    for path in sorted((ROOT / "civique").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.JoinedStr):
                called = [
                    each.func.id
                    for each in ast.walk(node)
                    if isinstance(each, ast.Call)
                    and isinstance(each.func, ast.Name)
                    and each.args
                    and isinstance(each.args[0], ast.Constant)
                ]
                assert not {"_", "_l", "ngettext", "gettext"} & set(called), f"{path.name}:{node.lineno}"
