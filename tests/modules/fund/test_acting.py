"""A request to the fund, a support, made by somebody who acts for a relative: they are the relative's."""

from civique.core import settings
from civique.core.audit import AuditEntry
from civique.core.endorsements.models import Endorsement
from civique.core.people import operations
from civique.core.people.models import Person
from civique.modules.fund.models import FundApplication
from civique.modules.fund.operations.endorsements import let_be_read
from civique.modules.fund.settings import FundSettings

MINE = "/mon-compte/proches"


def acting(world):
    """Paul's browser, where he acts for his mother; then the two of them."""
    commune = world.commune
    paul, odette = commune.person("Paul", "Durand"), commune.person("Odette", "Durand", email=None)
    with commune.session() as session:
        proxy = operations.ask_proxy(session, session.get(Person, paul.id), "Odette", "Durand", "relative")
        operations.accept_proxy(session, proxy, session.get(Person, odette.id))
    client = commune.client(paul)
    client.submit(f"/mon-compte/agir-pour/{odette.id}", on=MINE)
    return client, paul, odette


def test_a_request_is_hers(world):
    client, paul, odette = acting(world)
    client.submit("/fonds/demander", {"title": "Un banc", "purpose": "S’asseoir."})
    draft = world.commune.one(FundApplication)
    assert draft.applicant_id == odette.id
    line = next(e for e in world.commune.all(AuditEntry, object_id=draft.id))
    assert (line.actor_id, line.on_behalf_of) == (paul.id, odette.id)
    assert client.get(f"/fonds/demandes/{draft.id}/idee").status == 200
    assert "Un banc" in client.get("/mon-compte").words
    client.submit("/mon-compte/agir-pour-moi", on=MINE)
    assert client.get(f"/fonds/demandes/{draft.id}/idee").status == 404
    assert "Un banc" not in client.get("/mon-compte").words


def test_a_support_is_hers(world):
    with world.commune.session() as session:
        settings.put(session, FundSettings(endorsements=True, comments=True))
    application = world.admissible()
    with world.commune.session(world.resident) as session:
        let_be_read(session, session.get(FundApplication, application.id), True)
    client, _paul, odette = acting(world)
    page = f"/fonds/en-cours/{application.id}"
    client.submit(f"{page}/soutenir", on=page)
    assert world.commune.one(Endorsement).person_id == odette.id
