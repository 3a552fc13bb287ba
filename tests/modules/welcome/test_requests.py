"""A request, from the resident's form to the decision; on paper, at a stall, in a spreadsheet; among a person's data."""

from datetime import date

import pytest

from civique.core import clock, privacy, settings
from civique.core.answers.models import AnswerDue
from civique.core.cases.models import MissingItem
from civique.core.cases.operations import move
from civique.core.indicators.periods import Period
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from civique.core.registry import modules
from civique.core.stall.operations import receive_entry
from civique.modules.welcome.manifest import MANIFEST
from civique.modules.welcome.models import WelcomeRequest
from civique.modules.welcome.operations import ask
from civique.modules.welcome.settings import WelcomeSettings
from civique.modules.welcome.workflow import WORKFLOW

DAY = date(2031, 6, 7)
FACTS = {"title": "Six tables", "purpose": "Fête", "starts_on": DAY, "ends_on": DAY}
FORM, DESK = "/nouveaux-habitants/demander", "/mairie/nouveaux-habitants"


@pytest.fixture
def town(make_commune):
    return make_commune("49030", "welcome")


def people(town):
    """Browsers of a resident and of the secretary."""
    who = ("Nadia", "Habitante"), ("Sylvie", "Secrétaire", "secretary")
    return [town.client(town.person(*names)) for names in who]


def asked(session, town):
    """A request of somebody."""
    return ask(session, get_person(session, town.person("Nadia", "Habitante").id), **FACTS)


def test_walk(town, mailbox):
    resident, desk = people(town)
    form = {**resident.get(FORM).form(), **FACTS}
    sent = resident.post(FORM, form)
    assert resident.post(FORM, form).location == sent.location, "sent twice, it is one request"
    case = town.one(WelcomeRequest)
    file = f"{DESK}/{case.id}"
    desk.submit(f"{file}/manque", {"others": "L’attestation\n"}, on=file)
    give = f"{sent.location}/manques/{town.one(MissingItem).id}"
    assert resident.submit(give, {"answer": "La voici."}, on=sent.location).status == 303
    assert "La voici." in desk.get(file).words
    assert desk.submit(f"{file}/refuser", on=file).status == 422, "the reason is needed"
    desk.submit(f"{DESK}/ensemble", {"action": "agree", "id": case.id}, on=f"{DESK}/ensemble?action=agree&id={case.id}")
    assert (town.one(WelcomeRequest).state, town.one(AnswerDue).state) == ("agreed", "answered")
    assert "Acceptée" in resident.get(sent.location).words
    assert len(mailbox()) == 3, "the receipt, what is missing, the decision"
    assert "Nadia Habitante" in desk.get(f"{DESK}?q=tables").words
    assert "Six tables" in desk.get(f"{DESK}?format=csv").text


def test_what_is_refused_is_said_and_kept(town):
    resident, _desk = people(town)
    page = resident.submit(FORM, {**FACTS, "ends_on": "2031-06-01"})
    assert (page.status, page.form(FORM)["title"]) == (422, "Six tables")
    with town.session() as session:
        settings.put(session, WelcomeSettings(open=False))
    assert resident.submit(FORM, FACTS).status == 422
    assert town.all(WelcomeRequest) == []


def test_at_the_counter(town):
    _resident, desk = people(town)
    paul = town.person("Paul", "Papier", email=None)
    address = f"{DESK}/saisir?personne={paul.id}"
    page = desk.post(address, {**desk.get(address).form(), **FACTS, "channel": "paper"})
    assert town.one(WelcomeRequest).reference in desk.follow(page).words
    for path in (f"{page.location}.pdf", "/nouveaux-habitants/formulaire.pdf"):
        assert desk.get(path).headers["Content-Type"] == "application/pdf"


def test_at_a_stall_and_in_a_spreadsheet(town):
    (form,), (importer,) = MANIFEST.stall_forms, MANIFEST.importers
    entry = {"reference": "ST-K7Q2-014-T", "kind": form.code, "channel": "market", "answer_by": "none"}
    told = {**entry, f"{form.code}-title": "Le barnum", f"{form.code}-day": "31/12/2031"}
    with town.session() as session:
        with pytest.raises(Refused), session.begin_nested():
            receive_entry(session, [form], {**told, f"{form.code}-day": "demain"})
        receive_entry(session, [form], told)
        line = {**FACTS, "ends_on": None}
        importer.write(session, None, importer.decide(importer.known(session, None), line), line)
        assert importer.decide(importer.known(session, None), line).outcome == "unchanged"
    assert {case.channel for case in town.all(WelcomeRequest)} == {"market", "paper"}


def test_personal_data_and_figures(town):
    with town.session() as session:
        case = asked(session, town)
        move(session, WORKFLOW, case, "refuse", motive="Elles sont prises.")
        (figure, *_) = MANIFEST.indicators[0].compute(session, Period.containing("civil", clock.today()))
        assert figure.figure.value == 1
        assert "Six tables" in str(privacy.export_person(session, case.applicant, modules()))
