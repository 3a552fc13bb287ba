"""What other modules hear of helped projects: the sample module listens, in the transaction that decides."""

import pytest

from civique.core import events
from civique.core.audit import AuditEntry
from civique.core.projects import Project, ProjectHelped
from civique.core.refused import Refused


def heard(world):
    """What the sample module noted, oldest first."""
    lines = world.commune.all(AuditEntry)
    return [(line.action, line.data) for line in lines if line.action.startswith("sample.project")]


@pytest.fixture
def listening(world):
    world.commune.switch_on("sample")
    return world


def test_another_module_hears_of_what_is_helped_then_reported(listening):
    listening.decide(listening.admissible(), 0, "Hors du fonds.")
    assert heard(listening) == [], "a refusal helps nobody"
    application = listening.reported(20_000)
    project = str(application.id)
    assert heard(listening) == [("sample.project_helped", {"project": project, "cents": 30_000})]
    listening.move(application, "settle")
    assert heard(listening)[1:] == [("sample.project_reported", {"project": project})]


def test_a_corrected_decision_is_told_again(listening):
    application = listening.granted()
    listening.move(application, "correct", amount_cents=10_000, motive="Il reste peu.", because="Erreur de saisie.")
    assert [data["cents"] for _action, data in heard(listening)] == [30_000, 10_000]


def test_a_module_that_is_off_hears_nothing(world):
    world.move(world.reported(20_000), "settle")
    assert heard(world) == []


def test_a_listener_is_in_the_transaction_that_decides(world, monkeypatch):
    told = []

    def refuse(session, helped):
        told.append(helped)
        raise Refused("Pas aujourd’hui.", rule="sample")

    monkeypatch.setitem(events._listeners, ProjectHelped, [("core", refuse)])
    application = world.admissible()
    with pytest.raises(Refused):
        world.decide(application, 30_000)
    assert world.now(application).decisions == []
    path = f"/fonds/projets/{application.id}"
    assert told == [
        ProjectHelped(
            Project("fund_application", application.id, "Pieds de mur fleuris", path, None),
            world.commune.today,
            30_000,
        )
    ]
