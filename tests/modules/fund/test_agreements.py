"""Between the decision and the end: an agreement says what was decided, and what breaks it off stops the money."""

import pytest

from civique.core.agreements.models import Agreement
from civique.core.agreements.queries import agreement_of, checks_to_make
from civique.core.cases.operations import move
from civique.core.documents.models import StoredFile
from civique.core.messages.models import Message
from civique.modules.fund import queries
from civique.modules.fund.models import Fund, FundApplication, Payment
from civique.modules.fund.operations import payments, reports
from civique.modules.fund.workflow import WORKFLOW
from tests.modules.fund import agreed as agreements
from tests.modules.fund.test_missing_at_counter import scan
from tests.modules.fund.world import IBAN
from tests.refusals import refuses

OTHER_IBAN = "FR1420041010050500013M02606"


@pytest.fixture
def desk(world):
    return world.commune.client(world.secretary)


def drafted(world, amount=30_000):
    """A granted application whose agreement is written and not offered."""
    application = world.granted(amount)
    world.act(application, agreements.draw_up_agreement, ["Réaliser le projet."], ["Verser la somme."])
    return application


def agreement(world, application):
    with world.commune.session() as session:
        found = agreement_of(session, session.get(FundApplication, application.id))
        assert found is not None
        return found


def path_of(world, application):
    return f"/mairie/conventions/{agreement(world, application).id}"


def correct(world, application, amount):
    with world.commune.session(world.secretary) as session:
        found = session.get(FundApplication, application.id)
        move(
            session,
            WORKFLOW,
            found,
            "correct",
            amount_cents=amount,
            motive="Une partie.",
            because="Erreur de saisie.",
            revision=found.revision,
        )


def left(world):
    with world.commune.session() as session:
        return queries.gauge(session, session.get(Fund, world.fund.id)).left


def test_an_agreement_is_offered_for_what_was_decided_last(world):
    application = drafted(world)
    correct(world, application, 10_000)
    world.act(application, agreements.offer_agreement)
    assert agreement(world, application).amount_cents == 10_000


def test_what_was_refused_or_has_lapsed_is_neither_offered_nor_signed(world):
    refused = drafted(world)
    correct(world, refused, 0)
    with refuses("not_granted"):
        world.act(refused, agreements.offer_agreement)
    assert world.now(refused).state == "refused"
    lapsed = drafted(world)
    world.act(lapsed, agreements.offer_agreement)
    world.move(lapsed, "give_up", motive="Le groupe s’est séparé.")
    for side in ("applicant", "commune"):
        with refuses("not_open"):
            world.act(lapsed, agreements.sign_agreement, side, name="Nadia", means="paper")
    assert world.now(lapsed).state == "lapsed"
    odd = drafted(world, 10_000)
    world.act(odd, agreements.offer_agreement)
    world.commune.sql("UPDATE fund_application SET state = 'refused' WHERE id = :id", id=odd.id)
    with refuses("not_to_sign"):
        world.act(odd, agreements.sign_agreement, "applicant", name="Nadia", means="paper")


def test_a_new_version_after_one_signature_is_offered_again(world, desk):
    application = drafted(world)
    world.act(application, agreements.offer_agreement)
    world.act(application, agreements.sign_agreement, "applicant", name="Nadia", means="paper")
    world.act(application, agreements.draw_up_agreement, ["Réaliser autrement."], ["Verser la somme."])
    assert (world.now(application).state, agreement(world, application).version) == ("granted", 2)
    assert path_of(world, application) in desk.get(f"/mairie/fonds/demandes/{application.id}").links()
    assert f"{path_of(world, application)}/proposer" in desk.get(path_of(world, application)).text
    world.act(application, agreements.offer_agreement)
    assert len(world.commune.all(Message, kind="agreement.to_sign")) == 2
    for side in ("applicant", "commune"):
        world.act(application, agreements.sign_agreement, side, name="Nadia", means="paper")
    assert world.now(application).state == "under_way"


def test_fon_11_an_agreement_broken_off_stops_the_money(world, desk):
    application = world.under_way(30_000)
    world.act(application, payments.set_payee, "applicant", "Nadia", IBAN)
    world.act(application, payments.order_payment, 20_000, "advance")
    with refuses("payment_waits"):
        world.act(application, agreements.break_agreement, "Rien n’est fait.")
    assert agreement(world, application).state == "signed", "nothing by halves"
    world.act(application, lambda s, d: payments.note_paid(s, d, d.payments[0], world.commune.today))
    path = path_of(world, application)
    desk.submit(f"{path}/rompre", {"motive": "Rien n’est fait.", "repay_cents": "150"}, on=path)
    found = world.now(application)
    assert (found.state, agreement(world, application).state) == ("lapsed", "broken")
    assert found.repayments[0].amount_cents == 15_000
    assert left(world) == 800_000 - 20_000, "what was not paid is back in the envelope"
    with refuses("FON-09"):
        world.act(application, payments.order_payment, 10_000, "balance")
    told = world.commune.one(Message, kind="agreement.broken").content
    assert "150,00" in str(told)


def test_lo_1_after_the_report_only_the_upkeep_ends(world):
    from datetime import timedelta

    application = world.granted(30_000)
    until = world.commune.today + timedelta(days=400)
    world.act(application, agreements.draw_up_agreement, ["Entretenir."], ["Verser."], until)
    world.act(application, agreements.offer_agreement)
    for side in ("applicant", "commune"):
        world.act(application, agreements.sign_agreement, side, name="Nadia", means="paper")
    with world.commune.session(world.resident) as session:
        found = session.get(FundApplication, application.id)
        reports.keep_report(session, found, {found.lines[0].id: 0}, text="Semé.")
        reports.send_report(session, found)
    world.move(application, "settle")
    world.act(application, agreements.break_agreement, "Rien n’est entretenu.")
    assert (world.now(application).state, agreement(world, application).state) == ("settled", "broken")


def test_a_project_given_up_has_no_more_visits(world):
    from datetime import timedelta

    application = world.granted(30_000)
    until = world.commune.today + timedelta(days=5)
    world.act(application, agreements.draw_up_agreement, ["Entretenir."], ["Verser."], until)
    world.act(application, agreements.offer_agreement)
    for side in ("applicant", "commune"):
        world.act(application, agreements.sign_agreement, side, name="Nadia", means="paper")
    world.move(application, "give_up", motive="Le groupe s’est séparé.")
    with world.commune.session() as session:
        assert checks_to_make(session, until, 10) == []
    assert world.commune.one(Agreement).state == "broken"
    with refuses("not_open"):
        world.act(application, agreements.break_agreement, "Encore.")


def test_the_account_does_not_change_under_an_order(world):
    application = world.under_way(30_000)
    world.act(application, payments.set_payee, "applicant", "Nadia", IBAN)
    world.act(application, payments.order_payment, 20_000, "advance")
    applicant, path = world.commune.client(world.resident), f"/fonds/demandes/{application.id}/compte"
    refused = applicant.submit(path, {"kind": "applicant", "name": "Nadia", "iban": OTHER_IBAN}, on=path)
    assert refused.status == 422
    assert "Un versement est ordonné" in refused.words
    assert world.commune.all(Message, kind="fund.payee_changed") == []
    world.act(application, lambda s, d: payments.cancel_payment(s, d, d.payments[0]))
    assert applicant.submit(path, {"kind": "applicant", "name": "Nadia", "iban": OTHER_IBAN}, on=path).status == 303
    told = world.commune.one(Message, kind="fund.payee_changed")
    assert told.person_id == world.resident.id
    assert OTHER_IBAN[-4:] in str(told.content)


def test_two_agents_do_not_write_two_accounts(world, desk):
    application = world.under_way(30_000)
    path = f"/mairie/fonds/demandes/{application.id}"
    seen = desk.get(path).form(f"{path}/beneficiaire")
    world.commune.sql("UPDATE fund_application SET revision = revision + 1 WHERE id = :id", id=application.id)
    late = desk.post(f"{path}/beneficiaire", {**seen, "kind": "applicant", "name": "Nadia", "iban": IBAN})
    assert late.status == 422
    assert "modifié ceci" in late.words
    with world.commune.session() as session:
        assert session.get(FundApplication, application.id).payee is None


@pytest.mark.parametrize(
    ("action", "values", "model"),
    [
        ("versements", {"amount_cents": "100", "kind": "advance"}, Payment),
    ],
)
def test_a_form_of_the_desk_sent_twice_takes_effect_once(world, desk, action, values, model):
    application = world.under_way(30_000)
    world.act(application, payments.set_payee, "applicant", "Nadia", IBAN)
    path = f"/mairie/fonds/demandes/{application.id}"
    form = {**desk.get(path).form(f"{path}/{action}"), **values}
    first, second = desk.post(f"{path}/{action}", form), desk.post(f"{path}/{action}", form)
    assert (first.status, second.status, second.location) == (303, 303, first.location)
    assert len(world.commune.all(model)) == 1


def test_lo_1_what_each_side_undertook_is_noted_as_done(world, desk):
    application = world.under_way()
    path = path_of(world, application)
    duty = agreement(world, application).duties[0]
    action = f"{path}/engagements/{duty.id}"
    page = desk.follow(desk.submit(action, {}, on=path))
    assert "fait le" in page.words
    assert agreement(world, application).duties[0].done_on == world.commune.today
    page = desk.follow(desk.submit(action, {}, on=path))
    assert agreement(world, application).duties[0].done_on is None
    assert "n’est pas encore tenu" in desk.get(f"/mairie/fonds/demandes/{application.id}/historique").words
    world.act(application, agreements.break_agreement, "Rien n’est fait.")
    late = desk.post(action, {**page.form(action), "done": "1"})
    assert late.status == 422


def test_the_paper_of_another_account_goes(world, desk):
    application = world.under_way()
    path = f"/mairie/fonds/demandes/{application.id}"

    def give(iban, **more):
        desk.submit(f"{path}/beneficiaire", {"kind": "applicant", "name": "Nadia", "iban": iban, **more}, on=path)
        return [file.name for file in world.commune.all(StoredFile)]

    assert give(IBAN, file=scan("premier.jpg")) == ["premier.webp"]
    assert give(IBAN) == ["premier.webp"], "the same account keeps its paper"
    assert give(OTHER_IBAN, file=scan("second.jpg")) == ["second.webp"]
    assert give(IBAN) == []
