"""What manifests declare is true, whole, and read by somebody."""

import ast
import importlib
from collections import defaultdict
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path

import pytest

from civique.core.agenda.declarations import Day
from civique.core.manifest import DOORS, Link, Manifest, Offer, Permission, PersonalData
from civique.core.open_data import Dataset, Feed
from civique.core.paper import BlankForm
from civique.core.registry import modules
from civique.core.search import SearchKind

ROOT = Path(__file__).parent.parent.parent


def settings_classes():
    """Every class of the software with a ``KEY``, and those of the sample module."""
    for path in sorted([*(ROOT / "civique").rglob("*.py"), *(ROOT / "tests" / "sample").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and any(
                isinstance(item, ast.AnnAssign) and ast.unparse(item.target) == "KEY" and item.value is not None
                for item in node.body
            ):
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                yield getattr(importlib.import_module(name), node.name)


def test_every_settings_class_is_declared_by_its_module(services):
    declared = {kind: manifest.name for manifest in modules() for kind in manifest.settings}
    assert set(settings_classes()) == set(declared)
    for kind, name in declared.items():
        assert kind.KEY.partition(".")[0] == name, kind
        assert is_dataclass(kind), kind
        assert kind.__dataclass_params__.frozen, kind
        assert all(f.default is not MISSING or f.default_factory is not MISSING for f in fields(kind)), kind
    assert len({kind.KEY for kind in declared}) == len(declared)


def test_settings_come_back_from_the_database_as_they_went(commune):
    from civique.core import settings

    for manifest in modules():
        for kind in manifest.settings:
            with commune.session() as session:
                settings.put(session, kind())
            with commune.session() as session:
                assert settings.get(session, kind) == kind(), kind


def test_presets_hold_settings_of_their_module(services):
    for manifest in modules():
        assert len({offer.code for offer in manifest.offers}) == len(manifest.offers)
        for offer in manifest.offers:
            assert {type(preset) for preset in offer.settings} <= set(manifest.settings), (manifest.name, offer.code)


def test_public_links_stand_at_one_of_the_three_doors(services):
    for manifest in modules():
        assert {link.door for link in manifest.public_links} <= set(DOORS), manifest.name


def told_in(path):
    """Classes of the events that a file tells: made in the call, or given a name before."""
    tree = ast.parse(path.read_text())
    made = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"tell", "events.tell"}:
            event = call.args[1]
            event = made[event.id] if isinstance(event, ast.Name) else event
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield getattr(importlib.import_module(name), ast.unparse(event.func))


def test_every_event_is_declared_by_the_module_that_tells_it(services):
    declared = {manifest.name: set(manifest.events) for manifest in modules()}
    told = defaultdict(set)
    for path in (ROOT / "civique").rglob("*.py"):
        parts = path.relative_to(ROOT).parts
        told[parts[2] if parts[1] == "modules" else "core"].update(told_in(path))
    assert {name: told[name] for name in declared} == declared
    assert all(kind.__dataclass_params__.frozen for kinds in declared.values() for kind in kinds)


def test_an_event_that_nobody_declares_is_neither_heard_nor_told(commune):
    from civique.core import events

    class Unheard:
        pass

    with pytest.raises(KeyError):
        events.connect("sample", (events.Listener(Unheard, print),))
    with commune.session() as session, pytest.raises(KeyError):
        events.tell(session, Unheard())


def test_codes_of_what_is_found_and_of_data_are_of_one_module(services):
    for name in ("search", "open_data"):
        codes = [one.code for manifest in modules() for one in getattr(manifest, name)]
        assert len(set(codes)) == len(codes), name


@pytest.mark.parametrize(
    "declaration",
    [Manifest, Offer, Link, Permission, PersonalData, Feed, Dataset, BlankForm, SearchKind, Day],
    ids=lambda c: c.__name__,
)
def test_every_field_of_a_declaration_is_read(declaration):
    """Something declared and read by nothing misleads who writes a module."""
    code = "\n".join(
        path.read_text()
        for folder, pattern in (("civique", "*.py"), ("templates", "*.html"), ("tests/architecture", "*.py"))
        for path in (ROOT / folder).rglob(pattern)
    )
    assert [f.name for f in fields(declaration) if f".{f.name}" not in code and f"'{f.name}'" not in code] == []
