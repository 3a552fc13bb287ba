"""Nothing leaves the building unread: every kind of message and every PDF of the code has its agreed words.

The kinds are read in the code itself: whoever calls ``write_to`` or ``write_to_address``, or a function that hands its
own argument over to them, names a kind in full. See ``tests/snapshot.py``.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.snapshot import FOLDER, LOCALES

ROOT = Path(__file__).parent.parent.parent
# The demonstration speaks French only.
FRENCH_ONLY = {"core.letter", "file_document"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources() -> list[Path]:
    """Every Python file of the software."""
    return sorted((ROOT / "civique").rglob("*.py"))


def kinds_in(source: str) -> set[str]:
    """Kinds of messages that a file writes.

    Raises:
        ValueError: a kind is computed, so that nobody can list it.
    """
    tree = ast.parse(source)
    writers = _writers(tree)
    found: set[str] = set()
    for _function, call in _calls(tree):
        if _name(call) in writers:
            kind = _argument(call, writers[_name(call)])
            if not (isinstance(kind, ast.Name) and kind.id in _parameters_around(tree, call)):
                found |= _literals(kind, tree)
    return found


def _writers(tree: ast.Module) -> dict[str, int]:
    """Functions that write a message, with the position of the kind: the core's, and those that hand it over."""
    writers = {"write_to": 2, "write_to_address": 2, "to_applicant": 0}
    while True:
        more = {}
        for function, call in _calls(tree):
            if function is not None and _name(call) in writers and function.name not in writers:
                kind = _argument(call, writers[_name(call)])
                if isinstance(kind, ast.Name) and kind.id in _parameters(function):
                    more[function.name] = _parameters(function).index(kind.id)
        if not more:
            return writers
        writers |= more


def _calls(tree: ast.Module) -> Iterator[tuple[Function | None, ast.Call]]:
    """Calls of a file, each with the function or method that it stands in, if any."""
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            around = [f for f in functions if f.lineno <= node.lineno <= (f.end_lineno or 0)]
            yield max(around, key=lambda f: f.lineno, default=None), node


def _parameters_around(tree: ast.Module, call: ast.Call) -> set[str]:
    """Parameters of all the functions that a call stands in: a decorator hands its own over to an inner one."""
    functions = (node for node in ast.walk(tree) if isinstance(node, Function))
    return {p for f in functions if f.lineno <= call.lineno <= (f.end_lineno or 0) for p in _parameters(f)}


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _parameters(function: Function) -> list[str]:
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]


def _argument(call: ast.Call, position: int) -> ast.expr | None:
    named = next((keyword.value for keyword in call.keywords if keyword.arg == "kind"), None)
    return named or (call.args[position] if len(call.args) > position else None)


def _literals(kind: ast.expr | None, tree: ast.Module) -> set[str]:
    """A kind written in full, or every value of a table of this file."""
    if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
        return {kind.value}
    if isinstance(kind, ast.Subscript) and isinstance(kind.value, ast.Name):
        for node in tree.body:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == kind.value.id:
                assert isinstance(node.value, ast.Dict)
                return {text for value in node.value.values for text in _literals(value, tree)}
    raise ValueError(f"write this kind in full: {ast.unparse(kind) if kind else 'nothing'}")


def makers_of_pdf() -> Counter[str]:
    """Functions that make a PDF, by name."""
    found = Counter()
    for path in sources():
        for function, call in _calls(ast.parse(path.read_text())):
            if _name(call) == "render_pdf":
                assert function is not None, path
                found[function.name] += 1
    return found


def agreed(folder: Path) -> dict[str, set[str]]:
    """Names that have words agreed, with the languages of each; a variant counts for its name."""
    names: dict[str, set[str]] = {}
    for path in folder.glob("*.txt"):
        name, _dot, locale = path.stem.rpartition(".")
        names.setdefault(name, set()).add(locale)
    for name, locales in names.items():
        kind = name.partition("--")[0]
        assert locales == ({"fr"} if kind in FRENCH_ONLY else set(LOCALES)), f"{name}: {locales}"
    return {kind: names[name] for name in names for kind in [name.partition("--")[0]]}


def test_every_kind_of_message_was_read():
    kinds = set().union(*(kinds_in(path.read_text()) for path in sources()))
    assert kinds == set(agreed(FOLDER))


def test_every_pdf_was_read():
    assert set(makers_of_pdf()) == set(agreed(FOLDER / "pdf"))
    assert makers_of_pdf().total() == len(makers_of_pdf()), "one function, one PDF: two of them would share a name"


def test_every_message_is_a_message():
    """Only the core makes rows of messages, and only the mailer's adapter makes e-mails."""
    makers = {"Message": set(), "EmailMessage": set(), "MIMEText": set()}
    for path in sources():
        for _function, call in _calls(ast.parse(path.read_text())):
            if _name(call) in makers:
                makers[_name(call)].add(str(path.relative_to(ROOT)))
    assert makers == {
        "Message": {"civique/core/messages/operations.py"},
        "EmailMessage": {"civique/core/messages/rendering.py"},
        "MIMEText": set(),
    }


def test_what_the_reading_of_the_code_finds():
    """So that the tests above cannot pass by finding nothing."""
    source = """
TABLE = {"a": "m.a", "b": "m.b"}
def one(session, person): write_to(session, person, "m.one", content)
def two(session, row): messages.write_to_address(session, row.email, kind="m.two", content=content)
def _hand(session, row, kind, content): write_to(session, row.person, kind, content)
def _over(kind, row): _hand(row.session, row, kind, content)
def three(row): _over("m.three", row)
def four(row): _hand(session, row, TABLE[row.state], content)
@to_applicant("m.four")
def five(case): return Content()
"""
    assert kinds_in(source) == {"m.one", "m.two", "m.three", "m.four", "m.a", "m.b"}
    for computed in ('f"m.{state}"', "state", "kind_of(row)", "row.kind"):
        with pytest.raises(ValueError, match="in full"):
            kinds_in(f"def f(session, person):\n    write_to(session, person, {computed}, content)")
