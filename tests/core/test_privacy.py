"""What is left of somebody who was erased, and of what is too old."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, select, text, update

from civique.core import clock, privacy
from civique.core.answers.models import AnswerDue
from civique.core.cases.operations import move
from civique.core.people.queries import get_person
from civique.core.process import engines
from civique.core.questions.models import Question
from civique.core.questions.operations import receive_question
from civique.core.questions.workflow import WORKFLOW
from civique.core.registry import modules
from tests.defences import defence, replaced
from tests.modules.fund.conftest import world

__all__ = ["world"]


def erase(commune, person):
    """Erase somebody with every module's part."""
    with commune.session() as session:
        privacy.erase(session, get_person(session, person.id), modules())


def test_the_answer_owed_keeps_neither_the_name_nor_the_words(commune):
    person = commune.person("Nadia", "Habitante")
    with commune.session() as session:
        receive_question(session, text="Mon fils Léo est malade.", name=person.name, applicant_id=person.id)
    erase(commune, person)
    owed = commune.one(AnswerDue)
    assert (owed.whom, owed.title) == ("", commune.one(Question).reference)


def test_the_answer_owed_by_the_fund_keeps_no_name(world):
    world.ask(title="Pieds de mur fleuris")
    erase(world.commune, world.resident)
    owed = world.commune.one(AnswerDue)
    assert (owed.whom, owed.title) == ("", "Pieds de mur fleuris")


@defence("what is too old goes", replaced("civique.core.privacy._delete", lambda *_: 0))
def test_what_was_owed_goes_with_a_question_that_is_too_old(commune):
    with commune.session() as session:
        old = receive_question(session, text="Une vieille question", name="Ali")
        move(session, WORKFLOW, old, "answer", answer="Voici.")
        receive_question(session, text="Une question d’hier", name="Ana")
        long_ago = clock.now() - timedelta(days=3 * 365)
        session.execute(update(Question).where(Question.id == old.id).values(created_at=long_ago))
    with commune.session() as session:
        assert privacy.purge(session, modules())["answer_due"] == 1
    assert commune.one(AnswerDue).title == "Une question d’hier"


def old(commune, table, column, days):
    """Make every row of a table older."""
    commune.sql(f"UPDATE {table} SET {column} = {column} - make_interval(days => {days})")


def test_keys_of_forms_and_receipts_go_but_not_those_of_open_work(commune, run_jobs):
    """A receipt whose row of the outbox is still open keeps the work from being done again."""
    from civique.core.once import Submission, claim
    from civique.core.outbox import JobReceipt, enqueue, take_receipt

    done, recent = uuid4(), uuid4()
    with commune.session() as session:
        still_open = enqueue(
            session, "core.deliver_message", due_at=clock.now() + timedelta(days=1), message_id=uuid4()
        )
        take_receipt(session, still_open)
        take_receipt(session, done)
        claim(session, uuid4())
    old(commune, "submission", "created_at", 31)
    with engines().owner.begin() as connection:
        query = f"UPDATE {commune.tenant.schema}.job_receipt SET done_at = done_at - interval '61 days'"
        connection.execute(text(query))
    with commune.session() as session:
        take_receipt(session, recent)
        claim(session, recent)
        enqueue(session, "core.purge")
    run_jobs()
    kept = {receipt.outbox_id for receipt in commune.all(JobReceipt)}
    assert {still_open, recent} <= kept
    assert done not in kept
    assert [row.key for row in commune.all(Submission)] == [recent]


def test_work_that_was_given_up_is_kept_for_somebody_to_see(commune, run_jobs):
    from civique.core.config import config
    from civique.relay import Relay

    with commune.session() as session:
        ids = [session.execute(select(func.gen_random_uuid())).scalar_one() for _ in range(3)]
    query = (
        "INSERT INTO platform.outbox (id, owner, job, args, done_at, outcome) "
        "VALUES (:id, :owner, 'core.purge', '{}', now() - make_interval(days => :days), :outcome)"
    )
    rows = zip(ids, (8, 8, 91), ("done", "failed", "failed"), strict=True)
    with engines().platform.begin() as connection:
        for id_, days, outcome in rows:
            values = {"id": id_, "owner": commune.tenant.role, "days": days, "outcome": outcome}
            connection.execute(text(query), values)
    Relay(engines(), {}, config().lease_seconds).tick()
    with engines().platform.connect() as connection:
        left = connection.execute(text("SELECT id FROM platform.outbox WHERE outcome IS NOT NULL")).scalars().all()
    assert left == [ids[1]]
