"""The queue, several applications at once, committees, payments, years: lists and what they refuse."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from civique.core import settings
from civique.core.cases.operations import assign
from civique.core.committees.operations import add_member, create_committee, plan_meeting
from civique.core.people.queries import get_person
from civique.modules.fund.models import FundApplication, FundCall
from civique.modules.fund.operations import repayments, reports
from civique.modules.fund.settings import FundSettings
from civique.modules.fund.views.desk_queue import QUEUE
from tests.modules.fund import agreed as agreements
from tests.modules.fund.world import FundWorld


@pytest.fixture
def desk(world):
    return world.commune.client(world.secretary)


@pytest.fixture
def meeting(world):
    """A committee of three, of which the resident who asks, and its next meeting."""
    with world.commune.session() as session:
        committee = create_committee(session, "Comité du fonds")
        for given in ("Ada", "Boris"):
            add_member(session, committee, get_person(session, world.commune.person(given, "Membre").id), "citizen")
        add_member(session, committee, get_person(session, world.resident.id), "citizen")
        from civique.core import clock

        return plan_meeting(session, committee, clock.now() + timedelta(days=3), "Salle du conseil")


def many(world: FundWorld, number: int) -> None:
    """Applications by the thousand, straight into the table."""
    world.commune.sql(
        "INSERT INTO fund_application (id, reference, fund_id, project_id, applicant_id, title, folded, purpose, state,"
        " submitted_at, revision, rules_version, amount_asked_cents, place, channel)"
        " SELECT gen_random_uuid(), 'FIC-2020-' || n, :fund, gen_random_uuid(), :applicant, 'Projet ' || n, 'projet ' || n,"
        " 'Semer.', (ARRAY['submitted', 'granted', 'settled', 'under_way'])[1 + n % 4], now() - n * interval '8 hours',"
        " 1, 1, 10000, '', 'web' FROM generate_series(1, :n) n",
        fund=world.fund.id,
        applicant=world.resident.id,
        n=number,
    )
    world.commune.sql("ANALYZE fund_application")


def statements(world, client, path):
    """How many SQL statements a page asks of the commune's database."""
    from civique.core.process import engines
    from tenants.session import session_for

    seen = []
    with session_for(engines(), world.commune.tenant) as session:
        engine = session.get_bind().engine
        session.execute(text("SELECT 1"))
    client.get(path)
    event.listen(engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    assert client.get(path).status == 200
    return [query for query in seen if query.lstrip().upper().startswith(("SELECT", "WITH", "INSERT", "UPDATE"))]


@pytest.mark.fresh_communes  # what PostgreSQL remembers of so many rows is no other test's
def test_the_queue_of_5000_applications_keeps_its_number_of_statements(world, desk):
    many(world, 5000)
    asked = statements(world, desk, "/mairie/fonds")
    assert len(asked) <= 10, "\n".join(asked)


def test_a_file_that_waits_reads_only_what_it_holds(world, desk):
    application = world.admissible(asks=(("material", "Graines", 40, "sachets"),))
    asked = statements(world, desk, f"/mairie/fonds/demandes/{application.id}")
    assert len(asked) <= 12, "\n".join(asked)  # nine, and one for each of the costs, the things asked, the supports
    assert not any("fund_payment" in query and "EXISTS" not in query and "sum(" not in query for query in asked)


def test_a_closed_file_keeps_its_number_of_statements(world, desk):
    """Decided, signed, paid, reported, given back in part: the budget of a page holds (DESIGN §6)."""
    application = world.reported(20_000)
    world.move(application, "settle")
    owed = world.now(application).repayments[0]
    world.act(application, lambda s, r: repayments.note_received(s, r, s.merge(owed), world.commune.today))
    address = f"/mairie/fonds/demandes/{application.id}"
    asked = statements(world, desk, address)
    assert len(asked) <= 10, "\n".join(asked)
    page = desk.get(address).words
    for words in ("300,00", "200,00", "100,00", "Semé, arrosé, fleuri"):
        assert words.replace(" ", "") in page.replace(" ", ""), words


def test_a_file_shows_all_that_it_holds(world, desk):
    application = world.granted(12_000, title="Mare")
    world.act(application, agreements.draw_up_agreement, ["Creuser"], ["Prêter une pelle"])
    page = desk.get(f"/mairie/fonds/demandes/{application.id}")
    for words in ("Terreau", "Voisins", "120,00", "Aide accordée"):
        assert words.replace(" ", "") in page.words.replace(" ", ""), words
    history = desk.get(f"/mairie/fonds/demandes/{application.id}/historique")
    assert "Convention écrite" in history.words
    assert "En cours d’envoi" in history.words, "messages are there with what became of them"
    part = desk.get(f"/mairie/fonds/demandes/{application.id}/historique", headers={"HX-Request-Type": "partial"})
    assert "<html" not in part.text
    assert "Convention écrite" in part.text


def test_filters_views_and_order(world, desk):
    waiting = world.ask(title="Zinnias")
    helped = world.granted(title="Arbres")
    world.under_way(title="Mare")
    page = desk.get("/mairie/fonds?etat=helped")
    assert "Arbres" in page.words
    assert "Zinnias" not in page.words
    assert "Zinnias" in desk.get("/mairie/fonds?voir=waiting").words
    assert "Arbres" in desk.get("/mairie/fonds?voir=to_agree").words
    assert "Mare" in desk.get("/mairie/fonds?voir=to_pay").words
    assert "Zinnias" not in desk.get("/mairie/fonds?voir=mine").words
    page = desk.get("/mairie/fonds?tri=title")
    assert page.text.index(str(helped.id)) < page.text.index(str(waiting.id))
    assert desk.get("/mairie/fonds?canal=paper&village=x&annee=1900&tri=zz").status == 200
    assert "Zinnias" in desk.get("/mairie/fonds?q=habitante").words
    assert desk.get("/mairie/fonds?etat=closed&format=xlsx").status == 200


def test_each_saved_filter_lists_as_many_applications_as_its_tab_says(world, desk):
    """The number of the list comes from the tabs' own count when nothing else is chosen."""
    for application in (world.ask(), world.granted(), world.under_way(), world.admissible(), world.ask()):
        with world.commune.session(world.secretary) as session:
            assign(session, session.get(FundApplication, application.id), get_person(session, world.secretary.id))
    for view in (*(each.code for each in QUEUE.views), ""):
        page = desk.get(f"/mairie/fonds?voir={view}" if view else "/mairie/fonds")
        rows = page.text.count('name="id"')
        said = re.search(r"data-said>\s*(Une|\d+) ligne", page.text)
        assert ({"Une": 1}.get(said[1]) or int(said[1]) if said else 0) == rows, view
        tabs = page.text.partition('class="tabs"')[2].partition("</nav>")[0]
        tab = re.search(r'aria-current="page">[^<]*<span class="count">(\d+)', tabs)
        assert not view or int(tab[1]) == rows, view
    assert "Une ligne" in desk.get("/mairie/fonds?etat=granted").words, "a filter of its own is counted by itself"


def test_several_applications_at_once_each_says_its_refusal(world, desk):
    fresh, decided = world.ask(title="Fraîche"), world.granted(title="Déjà accordée")
    ids = f"id={fresh.id}&id={decided.id}"
    assert "/mairie/fonds/ensemble" in desk.get("/mairie/fonds").text
    sure = desk.get(f"/mairie/fonds/ensemble?action=declare_admissible&{ids}")
    assert "Fraîche" in sure.words
    data = {**sure.form("/mairie/fonds/ensemble"), "id": [str(fresh.id), str(decided.id)]}
    page = desk.post("/mairie/fonds/ensemble", data)
    assert page.status == 200
    assert "Déjà accordée" in page.words
    assert (world.now(fresh).state, world.now(decided).state) == ("admissible", "granted")


def test_entrusting_one_application_or_several(world, desk):
    one, two = world.ask(title="Une"), world.ask(title="Deux")
    path = "/mairie/fonds/ensemble"
    form = desk.get(f"{path}?action=assign&id={one.id}&id={two.id}").form(path)
    both = {**form, "id": [str(one.id), str(two.id)]}
    stranger = desk.post(path, {**both, "assignee_id": str(world.resident.id)})
    assert stranger.status == 422, "a resident examines nothing"
    assert desk.post(path, {**both, "assignee_id": str(world.secretary.id)}).location == "/mairie/fonds"
    assert world.now(one).assignee_id == world.now(two).assignee_id == world.secretary.id
    form = desk.get(f"{path}?action=assign&id={one.id}").form(path)
    assert form["assignee_id"] == str(world.secretary.id), "who has it is said"
    page = desk.post(path, {**form, "assignee_id": ""})
    assert page.location == f"/mairie/fonds/demandes/{one.id}"
    assert world.now(one).assignee_id is None


def test_nothing_ticked_and_what_is_not_here_change_nothing(world, desk, neighbour):
    application = world.ask()
    path = "/mairie/fonds/ensemble"
    for query in ("", "?action=assign", f"?action=zz&id={application.id}", "?action=put&id=no"):
        page = desk.follow(desk.get(path + query))
        assert "Cochez au moins une ligne" in page.words
    form = desk.get(f"{path}?action=assign&id={application.id}").form(path)
    assert desk.post(path, {**form, "action": "zz"}).status == 303
    assert world.now(application).assignee_id is None


def test_without_a_meeting_one_is_to_be_planned(world, desk):
    application = world.admissible()
    page = desk.get(f"/mairie/fonds/ensemble?action=put&id={application.id}")
    assert "Aucune réunion" in page.words
    assert "/mairie/comites" in page.text


def test_several_applications_go_to_a_meeting_once(world, desk, meeting):
    one, two = world.admissible(title="Une"), world.admissible(title="Deux")
    path = "/mairie/fonds/ensemble"
    page = desk.get(f"{path}?action=put&id={one.id}&id={two.id}")
    data = {**page.form(path), "id": [str(one.id), str(two.id)], "meeting_id": str(meeting.id)}
    assert desk.post(path, {**data, "meeting_id": ""}).status == 422
    assert desk.post(path, data).location == "/mairie/fonds"
    assert desk.post(path, data).status == 303, "twice does no harm"
    assert world.commune.sql("SELECT count(*) AS n FROM agenda_item")[0].n == 2
    assert "À l’ordre du jour" in desk.get(f"/mairie/fonds/demandes/{one.id}").words


def test_fon_07_a_member_tied_to_an_application_leaves_by_itself(world, desk, meeting):
    application = world.admissible()
    path = f"/mairie/reunions/{meeting.id}"
    page = desk.post(f"{path}/ajouter", {**desk.get(path).form(f"{path}/ajouter"), "id": str(application.id)})
    page = desk.follow(page)
    assert "Nadia Habitante a un lien avec cette demande" in page.words
    item = world.commune.sql("SELECT id FROM agenda_item")[0].id
    opinion = f"{path}/points/{item}/avis"
    form = page.form(opinion)
    refused = desk.post(opinion, {**form, "verdict": "favourable"})
    assert refused.status == 422, "nobody was noted as present"
    members = [str(row.id) for row in world.commune.sql("SELECT id FROM gathering_attendee")]
    desk.post(f"{path}/presents", {**page.form(f"{path}/presents"), "id": members})
    assert desk.post(opinion, {**form, "verdict": "reserved"}).status == 422, "reserved without words"
    assert desk.post(opinion, {**form, "verdict": "reserved", "opinion": "En deux fois."}).status == 303
    assert world.now(application).state == "opinion_given"
    assert world.commune.sql("SELECT imposed FROM agenda_item_recusal") == [(True,)]
    stale = desk.post(opinion, {**form, "verdict": "unfavourable", "opinion": "Non."})
    assert stale.status == 422
    page = desk.submit(f"{path}/tenue", {"minutes": "On s’est bien entendu."}, on=path)
    assert page.status == 303
    assert desk.get(f"{path}.pdf").response.mimetype == "application/pdf"
    assert "En deux fois." in desk.get(f"/mairie/fonds/demandes/{application.id}").words


def test_the_treasurers_page(world):
    world.under_way(title="À ordonner")
    world.paid(title="Déjà payé")
    treasurer = world.commune.client(world.commune.person("Tom", "Trésorier", "treasurer"))
    assert "À ordonner" in treasurer.get("/mairie/fonds/versements").words
    page = treasurer.get("/mairie/fonds/versements?etat=paid")
    assert "Déjà payé" in page.words
    for view in ("to_order", "ordered", "paid", "to_collect"):
        for kind in ("csv", "xlsx"):
            assert treasurer.get(f"/mairie/fonds/versements?etat={view}&format={kind}").status == 200
    elected = world.commune.client(world.commune.person("Yves", "Élu", "elected"))
    assert elected.get("/mairie/fonds/versements").status == 403


def test_the_treasurer_collects_what_was_not_spent(world, desk):
    application = world.paid(20_000, title="Trop versé")
    with world.commune.session(world.secretary) as session:
        found = session.get(FundApplication, application.id)
        reports.keep_report(session, found, {found.lines[0].id: 14_000}, text="Fait.")
        reports.send_report(session, found)
    path = f"/mairie/fonds/demandes/{application.id}"
    form = desk.get(path).form(f"{path}/solder")
    assert form["repay_cents"].startswith("60"), "the file proposes what was not spent"
    refused = desk.post(f"{path}/solder", {**form, "repay_cents": "300"})
    assert refused.status == 422
    assert "Seuls 200,00" in refused.words
    assert desk.post(f"{path}/solder", form).status == 303
    assert "à rendre" in world.commune.client(world.resident).get(f"/fonds/demandes/{application.id}").words
    treasurer = world.commune.client(world.commune.person("Tom", "Trésorier", "treasurer"))
    assert "Somme à encaisser : Trop versé" in treasurer.get("/mairie").words
    assert "Trop versé" in treasurer.get("/mairie/fonds/versements?etat=to_collect").words
    action = f"{path}/reversements/{world.now(application).repayments[0].id}/encaisse"
    form = treasurer.get(path).form(action)
    late = treasurer.post(action, {**form, "on": "2031-01-01"})
    assert late.status == 422
    assert "Choisissez un jour entre la demande" in late.words
    assert treasurer.post(action, {**form, "reference": "T-2026-7"}).status == 303
    assert "T-2026-7" in treasurer.get(path).words
    assert "ont été rendus" in world.commune.client(world.resident).get(f"/fonds/demandes/{application.id}").words
    examiner = world.commune.client(world.commune.person("Élodie", "Instruit", "examiner"))
    assert "/encaisse" not in examiner.get(path).text


def test_a_rule_changes_with_its_reason_and_shows_what_was_before(world, desk):
    path = f"/mairie/fonds/annees/{world.fund.id}"
    refused = desk.submit(path, {"cap_cents": "600"})
    assert refused.status == 422
    assert refused.form(path)["cap_cents"] == "600"
    page = desk.submit(path, {"cap_cents": "600", "because": "Décision du conseil."})
    page = desk.follow(page)
    assert "Décision du conseil." in page.words
    assert "500,00 €" in page.words
    assert "600,00 €" in page.words


def test_calls_are_added_changed_and_removed(world, desk):
    path = f"/mairie/fonds/annees/{world.fund.id}"
    dates = {"name": "Printemps", "opens_on": "2026-03-01", "closes_on": "2026-02-01"}
    assert desk.submit(f"{path}/appels", dates).status == 422
    assert desk.submit(f"{path}/appels", {**dates, "closes_on": "2026-04-01"}).status == 303
    call = world.commune.one(FundCall)
    assert desk.submit(f"{path}/appels/{call.id}", {"name": "Printemps 2026"}).status == 303
    overlap = desk.submit(f"{path}/appels", {**dates, "closes_on": "2026-03-15"})
    assert overlap.status == 422
    assert desk.submit(f"{path}/appels/{call.id}/supprimer", on=f"{path}/appels/{call.id}").status == 303
    assert world.commune.all(FundCall) == []


def test_settings_are_kept_and_the_second_agent_is_told(world, desk):
    path = "/mairie/fonds/reglages"
    old = desk.get(path).form()
    assert desk.submit(path, {"criteria": "Utile\nJoyeux", "complete_days": "20"}).status == 303
    application = world.admissible()
    assert "Joyeux" in desk.get(f"/mairie/fonds/demandes/{application.id}").words
    moved = desk.post(path, {**old, "answer_days": "30"})
    assert moved.status == 422
    assert "Joyeux" in moved.words
    assert desk.submit(path, {"criteria": "Utile\nUtile"}).status == 422


def test_the_siret_of_the_commune_goes_into_the_open_data(world, desk):
    path = "/mairie/fonds/reglages"
    refused = desk.submit(path, {"siret": "21490307400013"})
    assert refused.status == 422
    assert "Ce n’est pas un numéro SIRET" in refused.words
    assert refused.form()["siret"] == "21490307400013"
    assert desk.submit(path, {"siret": "200 060 010 00010"}).status == 303
    assert desk.get(path).form()["siret"] == "20006001000010"
    assert kept_siret(world) == "20006001000010"
    assert desk.submit(path, {"siret": ""}).status == 303
    assert kept_siret(world) == ""


def kept_siret(world):
    with world.commune.session() as session:
        return settings.get(session, FundSettings).siret


def test_work_of_the_day(world):
    world.granted(title="Convention à rédiger")
    world.reported(10_000, title="Bilan à relire")
    words = world.commune.client(world.secretary).get("/mairie").words
    assert "Écrire la convention : Convention à rédiger" in words
    assert "Lire le bilan : Bilan à relire" in words


def test_nothing_of_a_neighbour(world, make_commune):
    neighbour = make_commune("49002", "fund")
    desk = neighbour.client(neighbour.person("Odile", "Voisine", "administrator"))
    application = world.granted()
    for path in (f"demandes/{application.id}", f"annees/{world.fund.id}/appels"):
        assert desk.get(f"/mairie/fonds/{path}").status == 404, path
    assert world.commune.one(FundApplication).state == "granted"
