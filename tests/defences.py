"""Defences that a test must notice: ``make defences`` takes each away in turn, and expects the test beside it to fail.

A test says which defence it tries and how to do without it::

    @defence("a code opens one session", replaced("civique.core.access.codes.spend_code", lambda *_: None))
    def test_a_code_is_used_once(commune): ...

In an ordinary run nothing is taken away. A test may try several defences; several tests may try one of the same name, of
which one at least must fail.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

MARK = "defence"
REPORT = "CIVIQUE_DEFENCES_OFF"
"""Environment variable: the file where a run without the defences says what became of each."""
Off = Callable[[pytest.MonkeyPatch], Any]
FAILED, PASSED, BROKEN, NOTICED = "failed", "passed", "broken", "noticed"


def defence(what: str, off: Off) -> pytest.MarkDecorator:
    """Declare the defence that a test tries.

    Args:
        what: a sentence that says what is prevented; names the defence.
        off: takes the defence away with the monkeypatch that it is given, which puts it back after the test.
    """
    return pytest.mark.defence(what, off)


# Ways to take a defence away -----------------------------------------------------------------------------------------


def replaced(target: str, value: Any) -> Off:
    """With something else in its place.

    Args:
        target: path of a function, a constant or a method, with its module.
    """
    return lambda patch: patch.setattr(target, value)


def unlimited(view: str) -> Off:
    """Without the limits of a view.

    Args:
        view: path of its function, with its module.
    """

    def off(patch: pytest.MonkeyPatch) -> None:
        from civique.web.application import limiter

        name = view.rpartition(".")[2]
        patch.delitem(limiter.limit_manager._decorated_limits, f"{view}.{name}")

    return off


def unchecked(check: str) -> Off:
    """Without what looks at each request before its view.

    Args:
        check: name of the function that ``before_request`` was given.
    """

    def off(patch: pytest.MonkeyPatch) -> None:
        from tests.fixtures import wsgi

        checks = wsgi().commune.before_request_funcs[None]
        kept = [function for function in checks if function.__name__ != check]
        assert len(kept) == len(checks) - 1, f"{check} is no check of each request"
        patch.setitem(wsgi().commune.before_request_funcs, None, kept)

    return off


def configured(name: str, value: Any) -> Off:
    """With another value in the configuration of the application of the communes."""

    def off(patch: pytest.MonkeyPatch) -> None:
        from tests.fixtures import wsgi

        patch.setitem(wsgi().commune.config, name, value)

    return off


# The plugin of pytest ------------------------------------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """In a run without the defences, a test is run once for each that it tries."""
    marks = list(metafunc.definition.iter_markers(MARK))
    if REPORT in os.environ and marks:
        names = [str(mark.args[0]) for mark in marks]
        metafunc.parametrize("_without_defence", [mark.args for mark in marks], indirect=True, ids=names)


@pytest.fixture(autouse=True)
def _without_defence(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take the defence of this run away."""
    if not hasattr(request, "param"):
        yield
        return
    what, off = request.param
    request.node.user_properties.append((MARK, what))
    if "services" in request.fixturenames:
        request.getfixturevalue("services")
    with pytest.MonkeyPatch.context() as patch:
        off(patch)
        yield


_outcomes: dict[str, dict[str, str]] = defaultdict(dict)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note what became of a test without its defence."""
    what = dict(report.user_properties).get(MARK)
    if what is None:
        return
    if report.failed and report.when in {"call", "setup"}:
        became = FAILED if report.when == "call" else BROKEN
        crash = getattr(report.longrepr, "reprcrash", None)
        why = crash.message.partition("\n")[0] if crash else report.longreprtext.splitlines()[-1]
        _outcomes[str(what)][report.nodeid] = f"{became}: {why[:120]}"
    elif report.when == "call":
        _outcomes[str(what)][report.nodeid] = PASSED


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the report, in the process that all the others report to."""
    if REPORT in os.environ and not hasattr(session.config, "workerinput"):
        Path(os.environ[REPORT]).write_text(json.dumps(_outcomes))


# The command ---------------------------------------------------------------------------------------------------------


def run_without(arguments: Sequence[str]) -> dict[str, dict[str, str]]:
    """Run the tests that try a defence, without it.

    Args:
        arguments: for pytest, for instance the files to keep to.

    Returns:
        What became of each test, by defence.
    """
    with tempfile.TemporaryDirectory(prefix="civique-defences-") as folder:
        report = Path(folder) / "report.json"
        environment = os.environ | {REPORT: str(report), "BROWSER": "none"}
        command = [sys.executable, "-m", "tests.run", "-p", "tests.defences", "-m", MARK, *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if not report.exists():
            sys.exit(f"The tests did not run:\n{done.stdout}\n{done.stderr}")
        outcomes: dict[str, dict[str, str]] = json.loads(report.read_text())
    return outcomes


def judged(tests: dict[str, str]) -> tuple[str, str]:
    """Whether a defence is noticed: a test of its own fails without it, and it could be taken away; and how it is seen."""
    for verdict, became in (("BROKEN", BROKEN), (NOTICED, FAILED)):
        why = next((outcome for outcome in tests.values() if outcome.startswith(became)), None)
        if why:
            return verdict, why
    return "NOT NOTICED", "every test passes without it"


def main(arguments: Sequence[str]) -> int:
    """Print a table; 1 when a defence can go without any test that fails, or when none is declared."""
    missed, outcomes = 0, run_without(arguments)
    for what, tests in sorted(outcomes.items()):
        verdict, why = judged(tests)
        missed += verdict != NOTICED
        print(f"{verdict:12} {what}", *sorted({test.partition("[")[0] for test in tests}), why, sep=f"\n{'':13}")
    print(f"\n{len(outcomes)} defences, {missed} not noticed.")
    return 1 if missed or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
