"""Pages of the fund under hostile hands: texts overwritten, four clicks at once, buttons of no use, numbers
and lines that nobody would type."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict

from civique.core.committees import operations as committees
from civique.core.contributions.models import Contribution
from civique.core.evaluations.operations import enter_past_year
from civique.core.gatherings import operations as gatherings
from civique.core.people.models import Person
from civique.core.people.queries import get_person
from civique.modules.fund.forms.desk import CounterForm
from civique.modules.fund.models import Fund, FundApplication, Payee
from civique.modules.fund.operations import examination, funds, reports
from tests.fixtures import in_loire_authion
from tests.refusals import refuses

FILES = "/mairie/fonds/demandes"


@pytest.fixture
def desk(world):
    return world.commune.client(world.secretary)


# The text of another -------------------------------------------------------------------------------------------------


def test_the_report_of_the_applicant_is_not_lost_under_the_one_of_an_agent(world, desk):
    application = world.paid()
    path = f"{FILES}/{application.id}/bilan"
    page, line = desk.get(path), world.now(application).lines[0]
    with world.commune.session(world.resident) as session:
        found = session.get(FundApplication, application.id)
        reports.keep_report(session, found, {line.id: 12_345}, text="Mes mots à moi.")
    typed = {"text": "Au téléphone : tout va bien.", f"spent-{line.id}": "300"}
    refused = desk.post(path, {**page.form(path), **typed})
    assert refused.status == 422
    assert "Mes mots à moi." in refused.words
    assert "123,45" in refused.words.replace("\xa0", " ")
    assert "Au téléphone" in refused.text
    kept = world.now(application)
    assert (kept.report.text, kept.lines[0].spent_cents, kept.state) == ("Mes mots à moi.", 12_345, "under_way")
    assert desk.post(path, {**refused.form(path), **typed}).status == 303
    assert world.now(application).report.text == "Au téléphone : tout va bien."


def test_what_was_spent_is_asked_again_beside_its_cost(world, desk):
    application = world.paid()
    path, line = f"{FILES}/{application.id}/bilan", world.now(application).lines[0]
    for spent in ("beaucoup", ""):
        refused = desk.submit(path, {"text": "Tout va bien.", f"spent-{line.id}": spent}, on=path)
        assert refused.status == 422
        assert f'id="report-spent-{line.id}-error"' in refused.text, spent
        assert refused.form(path)[f"spent-{line.id}"] == spent, "as it was typed"
    assert "0 si rien" in refused.words
    assert world.now(application).report is None


def test_a_bic_is_checked_on_both_sides_and_kept_without_spaces(world, desk):
    application = world.under_way()
    here = f"{FILES}/{application.id}"
    applicant = world.commune.client(world.resident)
    facts = {"kind": "applicant", "name": "Nadia Habitante", "iban": "FR7630006000011234567890189"}
    for client, path, on in (
        (desk, f"{here}/beneficiaire", here),
        (applicant, f"/fonds/demandes/{application.id}/compte", f"/fonds/demandes/{application.id}/compte"),
    ):
        refused = client.submit(path, {**facts, "bic": "ABC"}, on=on)
        assert (refused.status, "8 ou 11" in refused.words) == (422, True), path
        assert client.submit(path, {**facts, "bic": "agri fr pp 882"}, on=on).status == 303, path
        assert world.commune.one(Payee).bic == "AGRIFRPP882"


def test_the_applicant_is_told_that_the_mairie_changed_only_what_was_spent(world):
    application = world.paid()
    line = world.now(application).lines[0]
    with world.commune.session(world.resident) as session:
        found = session.get(FundApplication, application.id)
        reports.keep_report(session, found, {line.id: 10_000}, text="Semé.")
    client, path = world.commune.client(world.resident), f"/fonds/demandes/{application.id}/bilan"
    page = client.get(path)
    world.act(application, reports.keep_report, {line.id: 20_000}, text="Semé.")
    refused = client.post(path, {**page.form(path), "text": "Semé, arrosé.", "spent_0": "100"})
    assert refused.status == 422
    assert "200,00" in refused.words.replace("\xa0", " ")
    assert world.now(application).lines[0].spent_cents == 20_000


def test_a_report_written_at_this_very_moment_is_refused_too(world):
    application = world.paid()
    with world.commune.session(world.resident) as session:
        found = session.get(FundApplication, application.id)
        assert found.report is None, "read, as a page does"
        world.act(application, reports.keep_report, {}, text="De la mairie.")
        with pytest.raises(StaleDataError):
            reports.keep_report(session, found, {}, revision=0, text="Du porteur.")


# Who enters for a resident -------------------------------------------------------------------------------------------


def test_an_examiner_chooses_the_resident_for_what_they_may_enter_and_nothing_else(world):
    examiner = world.commune.client(world.commune.person("Élise", "Instructrice", "examiner"))
    queue = examiner.get("/mairie/fonds")
    who = "/mairie/saisir/personne?pour=fund_desk.counter"
    assert who in queue.links()
    page = examiner.get(f"{who}&q=habitante")
    assert f"/mairie/fonds/saisir?personne={world.resident.id}" in page.links()
    facts = {"given_name": "Jeanne", "family_name": "Lebrun"}
    added = examiner.post(who, {**page.form("/mairie/saisir/personne"), **facts})
    assert added.location == f"/mairie/fonds/saisir?personne={world.commune.one(Person, family_name='Lebrun').id}"
    assert examiner.get(added.location).status == 200
    choose = examiner.get("/mairie/saisir")
    assert choose.status == 200
    assert "Une question" not in choose.words
    assert "/mairie/stand" not in choose.links()
    assert examiner.get("/mairie/saisir/personne?pour=desk_counter.question").status == 404
    assert examiner.get("/mairie/saisir/question").status == 403


def test_who_enters_nothing_does_not_look_residents_up(world):
    treasurer = world.commune.client(world.commune.person("Théo", "Trésorier", "treasurer"))
    for path in ("/mairie/saisir", "/mairie/saisir/personne?pour=fund_desk.counter&q=habitante"):
        assert treasurer.get(path).status == 403


# At once -------------------------------------------------------------------------------------------------------------


def at_once(work, times=4):
    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(work, n) for n in range(times)]]


# Controls of no use --------------------------------------------------------------------------------------------------


def test_the_history_links_messages_only_for_who_may_open_them(world, desk):
    application = world.ask()
    path = f"{FILES}/{application.id}/historique"
    assert any(link.startswith("/mairie/messages/") for link in desk.get(path).links())
    examiner = world.commune.client(world.commune.person("Élise", "Instructrice", "examiner"))
    links = [link for link in examiner.get(path).links() if link.startswith("/mairie/messages/")]
    assert all(examiner.get(link).status == 200 for link in links)


def test_a_year_typed_as_history_does_not_open(world, desk):
    with world.commune.session(world.secretary) as session:
        figures = {"envelope": 500_000, "received": 9, "supported": 7, "granted": 300_000, "partners": 2}
        enter_past_year(session, "fonds", 2020, "Procès-verbal", figures)
        past = session.query(Fund).filter_by(year=2020).one()
        with refuses("typed_as_history"):
            funds.open_fund(session, past)
    path = f"/mairie/fonds/annees/{past.id}"
    page = desk.get(path)
    assert "Ouvrir le fonds" not in page.words
    refused = desk.post(f"{path}/ouvrir", {"csrf_token": page.form(path)["csrf_token"]})
    assert "datent d’avant le site" in desk.follow(refused).words


@pytest.mark.parametrize("by", ["service", "committee"])
def test_an_opinion_given_before_a_delay_still_counts(world, desk, by):
    world.commune.sql("UPDATE fund SET opinion_needed = true")
    application = world.admissible()
    path = f"{FILES}/{application.id}"
    assert "Il faut d’abord un avis" in desk.get(path).words
    with refuses("opinion_needed"):
        world.decide(application, 30_000)
    if by == "service":
        world.act(application, examination.advise, "Espaces verts", "favourable", "")
    else:
        advised_by_a_committee(world, application, "adjourned", "À revoir.")
        with refuses("opinion_needed"):
            world.decide(application, 30_000)
        advised_by_a_committee(world, application, "favourable", "")
    world.move(application, "adjourn", motive="Au prochain conseil.")
    assert "Il faut d’abord un avis" not in desk.get(path).words
    world.decide(application, 30_000)
    assert world.now(application).state == "granted"


def advised_by_a_committee(world, application, verdict, words, cents=None):
    from civique.core import clock

    def advise(session, found):
        committee = committees.create_committee(session, f"Comité {verdict}")
        committees.add_member(session, committee, get_person(session, world.secretary.id), "agent")
        meeting = committees.plan_meeting(session, committee, clock.now(), "Mairie")
        item = examination.put_to_committee(session, found, meeting)
        gatherings.record_attendance(session, meeting, [member.person_id for member in committee.members])
        committees.record_opinion(session, item, verdict, words, item.revision, cents)
        gatherings.close_gathering(session, meeting, "", meeting.revision)

    world.act(application, advise)


# Numbers and dates ---------------------------------------------------------------------------------------------------

LONG = "9" * 4_500


@in_loire_authion
@pytest.mark.parametrize("number", ["99999999999", LONG, "²"])
def test_a_number_that_is_none_is_never_an_error(world, desk, number):
    everybody = world.commune.client()
    for path in ("/evaluations/fonds/{}", "/evaluations/fonds/{}.pdf"):
        assert everybody.get(path.format(number)).status == 404
    for path in ("/mairie/evaluations/fonds/{}", "/mairie/partenaires/fonds-{}/promesse"):
        assert desk.get(path.format(number)).status == 404
    assert desk.get(f"/mairie/partenaires?objet=fonds-{number}").status == 404
    for path in ("/fonds?page={}", "/mairie/fonds?page={}"):
        assert (everybody if path.startswith("/fonds") else desk).get(path.format(number)).status == 404
    for path in ("/fonds?annee={}", "/fonds/carte?annee={}"):
        assert everybody.get(path.format(number)).status == 200
    assert desk.get(f"/mairie/fonds?annee={number}").status == 200
    assert desk.get(f"/mairie/saisir/feuille.pdf?pages={number}").status in {200, 404}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_of_another_age_is_refused_on_the_forms_of_the_desk(world, desk, day):
    path = f"/mairie/fonds/annees/{world.fund.id}"
    page = desk.submit(path, {"opens_on": day, "because": "Erreur."}, on=path)
    assert page.status == 422
    assert "Vérifiez l’année" in page.words


# A paper form typed in one go ----------------------------------------------------------------------------------------


@pytest.fixture
def typed():
    """Read lines as the counter's form does: its errors by field, and what it understood."""

    def read(**texts):
        form = CounterForm(formdata=MultiDict({"supports": "2 tables", **texts}))
        form.fund = Fund(year=2026)
        form.channel.choices = form.territory_id.choices = form.organisation_id.choices = [("", "")]
        form.validate()
        return form

    return read


@pytest.mark.parametrize(
    ("line", "quantity", "unit", "what"),
    [
        ("1 000 tracts", "1000", "", "tracts"),
        ("1\xa0000 tracts", "1000", "", "tracts"),
        ("12\u202f500 briques", "12500", "", "briques"),
        ("40 sacs de 25 kg", "40", "", "sacs de 25 kg"),
        ("1/2 journée de maçon", "0.5", "journée", "maçon"),
        ("3/4 palette", "0.75", "", "palette"),
        ("2,5 heures d’une couturière", "2.5", "heures", "une couturière"),
        ("1 000 heures", "1000", "heures", None),
    ],
)
def test_quantities_are_read_as_people_write_them(typed, line, quantity, unit, what):
    thing = typed(supports=line).supports.lines[0]
    assert (thing.quantity, thing.unit) == (Decimal(quantity), unit)
    assert what is None or thing.description == what


@pytest.mark.parametrize(
    "line",
    [
        "0,001 sacs",
        "999999999999999 sacs",
        "0 sacs",
        "1.000 sacs",
        "1/0 sac",
        "1/3 palette",
        "1 0000 tracts",
        "0 € de la CAF",
        "50 € de " + "x" * 301,
        "9" * 4_500 + " sacs",
        "9" * 4_500 + " €",
        "2 " + "x" * 201,
        "9 " * 10_000,
        "1 000 " * 3_500 + "a",
    ],
)
def test_lines_that_make_no_sense_are_refused_beside_their_field(typed, line):
    form = typed(supports=line)
    assert form.supports.errors
    assert not form.costs.errors
    assert form.supports.data == line.strip()


@pytest.mark.parametrize("cost", ["x" * 161 + " 180", "0 " * 10_000, "Terreau " + "9" * 4_500, "a" * 20_000])
def test_costs_are_never_cut_in_silence(typed, cost):
    assert typed(costs=cost).costs.errors
    kept = typed(costs="x" * 160 + " 1 180,50")
    assert kept.costs.lines == [("x" * 160, 118_050)]


@pytest.mark.parametrize("field", ["costs", "asks", "supports"])
def test_too_many_lines_are_said_beside_their_field(typed, field):
    form = typed(**{field: "2 tables 10\n" * 500})
    assert "30" in str(form[field].errors)
    assert {name for name in ("costs", "asks", "supports") if form[name].errors} == {field}


def test_what_was_typed_is_kept_when_a_line_is_refused(world, desk):
    path = f"/mairie/fonds/saisir?personne={world.resident.id}"
    facts = {"title": "Carnaval", "purpose": "Défiler.", "costs": "Tissu 100", "amount_asked_cents": "100"}
    page = desk.post(path, {**desk.get(path).form(), **facts, "supports": "0,001 sacs"})
    assert page.status == 422
    assert "0,001 sacs" in page.text
    taken = desk.post(path, {**page.form(), **facts, "supports": "1 000 tracts\n1/2 journée de maçon"})
    assert taken.status == 303
    brought = {(gift.description, gift.quantity, gift.unit) for gift in world.commune.all(Contribution)}
    assert brought == {("tracts", Decimal(1000), ""), ("maçon", Decimal("0.5"), "journée")}
    file = desk.get(f"{FILES}/{world.commune.one(FundApplication).id}").words
    assert "0,5 journée" in file.replace("\xa0", " ")
