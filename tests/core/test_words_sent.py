"""What the core writes to people: receipts and answers to questions, piles of letters."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

from civique.core import clock
from civique.core.cases.operations import move
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import store
from civique.core.messages.models import Message
from civique.core.people.queries import get_person
from civique.core.questions.models import Question
from civique.core.questions.operations import receive_question
from civique.core.questions.workflow import WORKFLOW
from tests.snapshot import MOMENT, pdf_words, same

TEXT = "Un nid-de-poule rue du Port.\nIl y a danger pour les vélos."
ANSWER = "Merci de nous l’avoir dit.\n\nLe trou sera bouché lundi."


def ask(scene, **facts):
    with scene.commune.session() as session:
        return receive_question(session, text=TEXT, created_at=clock.now(), **facts)


def ask_by_site(scene):
    form = {"text": TEXT, "name": "Ali Passant", "email": "ali@exemple.fr"}
    assert scene.browser().submit("/signaler", form).status == 303


def ask_as_resident(scene):
    ask(scene, name=scene.reader.name, applicant_id=scene.reader.id)


def ask_at_counter(scene):
    ask(scene, name=scene.reader.name, applicant_id=scene.reader.id, channel="counter")


def answer_resident(scene):
    ask_as_resident(scene)
    with scene.commune.session() as session:
        question = session.get(Question, scene.commune.one(Question).id)
        move(session, WORKFLOW, question, "answer", answer=ANSWER)


def claim_a_paper(scene):
    """Somebody's question left at the counter without a record, claimed by the reader; gives the claim's identifier."""
    from civique.core.claims.operations import ask_claim

    with scene.commune.session() as session:
        paper = receive_question(session, text=TEXT, name="Nadia Habitante", channel="counter")
        return ask_claim(session, get_person(session, scene.reader.id), paper.reference, "Nadia Habitante").id


def accept_the_claim(scene):
    from civique.core.claims.models import PaperClaim
    from civique.core.claims.operations import accept_claim

    identifier = claim_a_paper(scene)
    with scene.commune.session() as session:
        accept_claim(session, session.get(PaperClaim, identifier), 1)


def refuse_the_claim(scene):
    from civique.core.claims.models import PaperClaim
    from civique.core.claims.operations import refuse_claim

    identifier = claim_a_paper(scene)
    with scene.commune.session() as session:
        refuse_claim(session, session.get(PaperClaim, identifier), 1, "L’adresse du papier n’est pas la vôtre.")


def ask_a_mairie_without_address(scene):
    from civique.core import settings
    from civique.core.commune import Contact

    with scene.commune.session() as session:
        settings.put(session, Contact())
    ask_as_resident(scene)


def propose_help(scene):
    """The reader proposes the help of the shop she keeps, to a collection of the sample module; gives the proposal."""
    from civique.core.contributions.proposals import propose_contribution
    from tests.sample import recipients
    from tests.sample.operations import ask_pickup

    scene.commune.switch_on("sample")
    with scene.commune.session() as session:
        ask_pickup(session, None, "Greniers", clock.today())
        return propose_contribution(
            session,
            recipients.find(session),
            nature="material",
            description="Graines de fleurs",
            quantity=40,
            unit="sachets",
            giver_name="Jardinerie du Pont",
            contact_name=scene.reader.name,
            person_id=scene.reader.id,
            thanked=True,
        )


def accept_help(scene, word=""):
    from civique.core.contributions.models import ContributionProposal
    from civique.core.contributions.proposals import accept_proposal
    from tests.sample import recipients

    identifier = propose_help(scene).id
    with scene.commune.session() as session:
        proposal = session.get(ContributionProposal, identifier)
        accept_proposal(session, proposal, proposal.revision, recipients.find(session)[0], None, word)


def decline_help(scene):
    from civique.core.contributions.models import ContributionProposal
    from civique.core.contributions.proposals import decline_proposal

    identifier = propose_help(scene).id
    with scene.commune.session() as session:
        proposal = session.get(ContributionProposal, identifier)
        decline_proposal(session, proposal, proposal.revision, "Aucun projet n’en a besoin cette année.")


def comment_answered(scene, *answers):
    """The reader comments a collection of the sample module; then the town hall answers."""
    from civique.core.endorsements.models import Comment
    from civique.core.endorsements.operations import write_comment
    from tests.sample import subjects
    from tests.sample.operations import ask_pickup

    scene.commune.switch_on("sample")
    with scene.commune.session() as session:
        about = subjects.describe(ask_pickup(session, None, "Greniers", clock.today()))
        reader = get_person(session, scene.reader.id)
        identifier = write_comment(session, about, reader, "Le voisin fait trop de bruit.").id
    with scene.commune.session() as session:
        comment = session.get(Comment, identifier)
        for answer, *reason in answers:
            answer(session, comment, *reason, comment.revision)


def refuse_the_comment(scene):
    from civique.core.endorsements.operations import refuse_comment

    comment_answered(scene, (refuse_comment, "Il met un voisin en cause."))


def withdraw_the_comment(scene):
    from civique.core.endorsements.operations import publish_comment, refuse_comment

    comment_answered(scene, (publish_comment,), (refuse_comment, "Il met un voisin en cause."))


def take_charge(scene, *days):
    """The reader works at the town hall and took charge of answers due in some days; then the daily job runs."""
    from civique.core.access.operations import grant_role
    from civique.core.answers.operations import answer_for, assign_answer
    from civique.core.answers.reminders import remind_due

    for in_days in days:
        with scene.commune.session() as session:
            reader = get_person(session, scene.reader.id)
            grant_role(session, reader, "secretary")
            due = answer_for(session, receive_question(session, text=TEXT, name="Ali", created_at=clock.now()))
            due.due_on = clock.today() + timedelta(days=in_days)
            assign_answer(session, due, reader)
    with scene.commune.session() as session:
        remind_due(session, ["core"])


def remind_of_one(scene):
    take_charge(scene, 2)


def remind_of_several(scene):
    take_charge(scene, 2, -1)


CASES = {
    "core.answers_reminder": remind_of_one,
    "core.answers_reminder--several": remind_of_several,
    "question.received--unknown": ask_by_site,
    "question.received--resident": ask_as_resident,
    "question.received--counter": ask_at_counter,
    "question.received--no-reply": ask_a_mairie_without_address,
    "question.answered": answer_resident,
    "claim.accepted": accept_the_claim,
    "claim.refused": refuse_the_claim,
    "comment.refused": refuse_the_comment,
    "comment.withdrawn": withdraw_the_comment,
    "contribution.proposal_received": propose_help,
    "contribution.proposal_accepted": accept_help,
    "contribution.proposal_accepted--word": lambda scene: accept_help(scene, "Pourriez-vous les apporter mardi ?"),
    "contribution.proposal_declined": decline_help,
}


@pytest.mark.parametrize("case", CASES)
def test_words(case, scene, agreed):
    CASES[case](scene)
    kind, _sep, variant = case.partition("--")
    agreed(scene.commune.session(), kind, variant=variant)


def test_the_sheet_of_a_stall(scene):
    from civique.core.i18n import speaking
    from civique.core.stall.sheet import stall_sheet

    with scene.commune.session() as session, speaking(scene.locale):
        same(f"pdf/stall_sheet.{scene.locale}", pdf_words(stall_sheet(session, 1, "K7Q2")))


def test_a_pile_of_letters(scene):
    from civique.core.i18n import speaking
    from civique.core.messages.rendering import as_letters

    for write in (ask_as_resident, ask_at_counter):
        write(scene)
    with scene.commune.session() as session, speaking(scene.locale):
        pile = session.scalars(select(Message).order_by(Message.created_at)).unique().all()
        for letter in pile:
            letter.created_at = MOMENT
        same(f"pdf/as_letters.{scene.locale}", pdf_words(as_letters(session, pile)))
        session.rollback()


def test_a_paper_form(scene):
    from civique.core.i18n import speaking
    from civique.core.paper import Choices, Lines, PaperForm, Section, render_form

    items = [Lines("Votre nom"), Choices("Village", ("Andard", "Bauné"), "Bauné")]
    form = PaperForm(
        "Une question ?", "QUE-F", "/signaler", (Section("Qui êtes-vous ?", items),), ("Des mots simples.",)
    )
    with scene.commune.session() as session, speaking(scene.locale):
        same(f"pdf/render_form.{scene.locale}", pdf_words(render_form(session, form)))


def test_a_poster(scene):
    from civique.core.i18n import speaking
    from civique.core.paper import poster_pdf

    with scene.commune.session() as session, speaking(scene.locale):
        same(f"pdf/poster_pdf.{scene.locale}", pdf_words(poster_pdf(session)))


def test_the_minutes_to_print(scene):
    from civique.core.committees import operations as committees
    from civique.core.committees.events import ItemSource
    from civique.core.committees.minutes import minutes_pdf
    from civique.core.gatherings import operations as gatherings
    from civique.core.i18n import speaking

    people = [scene.reader, scene.commune.person("Sylvie", "Secrétaire", "secretary")]
    with scene.commune.session() as session, speaking(scene.locale):
        committee = committees.create_committee(session, "Comité du fonds")
        tied, _other = (committees.add_member(session, committee, get_person(session, p.id), "citizen") for p in people)
        meeting = committees.plan_meeting(
            session, committee, datetime(2026, 3, 12, 17, 30, tzinfo=UTC), "Salle du conseil"
        )
        item = committees.add_item(session, meeting, ItemSource("FIC-2026-0001 – Pieds de mur fleuris"))
        committees.recuse_member(session, item, tied, "", imposed=True)
        gatherings.record_attendance(session, meeting, [p.id for p in people])
        words = "En commençant par dix mètres."
        committees.record_opinion(session, item, "reserved", words, item.revision, 20_000)
        gatherings.close_gathering(session, meeting, "Prochaine réunion en mai.", meeting.revision)
        same(f"pdf/minutes_pdf.{scene.locale}", pdf_words(minutes_pdf(session, meeting)))


def test_a_convocation(scene, agreed):
    from civique.core.committees import operations as committees
    from civique.core.committees.convocation import send_convocation
    from civique.core.committees.events import ItemSource

    with scene.commune.session() as session:
        committee = committees.create_committee(session, "Comité du fonds")
        committees.add_member(session, committee, get_person(session, scene.reader.id), "citizen")
        evening = datetime(2026, 3, 20, 17, 30, tzinfo=UTC)
        meeting = committees.plan_meeting(session, committee, evening, "Salle du conseil")
        committees.add_item(session, meeting, ItemSource("FIC-2026-0001 – Pieds de mur fleuris"))
        send_convocation(session, meeting)
    agreed(scene.commune.session(), "committee.convocation")


def test_a_group_that_is_confirmed(scene, agreed):
    from civique.core.organisations import operations as organisations
    from civique.core.organisations.models import Organisation

    with scene.commune.session() as session:
        person = get_person(session, scene.reader.id)
        row = organisations.declare_group(session, "collective", "Les voisins du Port", person, "référente")
        organisations.validate_organisation(session, session.get(Organisation, row.organisation_id))
    agreed(scene.commune.session(), "organisation.confirmed")


@pytest.mark.parametrize("locale", ["fr"], indirect=True)
def test_the_demonstration_speaks_french(scene, agreed):
    from civique.core.demonstration import World
    from civique.demonstration.matter import file_document, write_letter

    with scene.commune.session() as session:
        write_letter(session, get_person(session, scene.reader.id), "Votre colis de fin d’année", "Il vous attend.")
        world = World(today=date(2026, 3, 12), random=Random(1))
        file_document(session, world, "minutes", "Compte rendu du conseil", ["Trois points."], days=3)
    agreed(scene.commune.session(), "core.letter")
    with scene.commune.session() as session:
        (file,) = session.scalars(select(StoredFile)).all()
        same("pdf/file_document.fr", pdf_words(store().open(session.tenant.schema, file.sha256).read()))
