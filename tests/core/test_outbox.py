"""Work that leaves the request: with the commit or not at all, once, by an allowed road."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from click.testing import CliRunner
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from civique.cli import main
from civique.core.config import config
from civique.core.messages.content import Content
from civique.core.messages.models import Message
from civique.core.messages.operations import deliver, write_to, write_to_address
from civique.core.outbox import JobReceipt, OutboxFull, enqueue
from civique.core.people.queries import get_person
from civique.core.process import engines
from civique.health import metrics
from civique.lanes import CODES, ENTRY, LANES, WORK, WORKERS
from civique.relay import COMMUNES, Relay
from civique.services.mail import MailRefused, MailUnavailable
from civique.worker import OurJob, RefusedJob, perform
from civique.workers import OurWorker
from tenants.cluster import MOST_WAITING


def words():
    return Content(subject="Bonjour", paragraphs=("Un mot.",), reason="Pour essayer.")


def rows(**facts):
    where = " AND ".join(f"{name} = :{name}" for name in facts) or "true"
    with engines().platform.connect() as connection:
        return connection.execute(text(f"SELECT * FROM platform.outbox WHERE {where} ORDER BY id"), facts).all()


def test_nothing_leaves_before_the_commit(commune, run_jobs):
    with commune.session() as session:
        enqueue(session, "core.purge")
        session.rollback()
    assert rows(owner=commune.tenant.role) == []


def test_a_row_is_always_in_ones_own_name(commune, run_jobs):
    with commune.session() as session:
        enqueue(session, "core.purge")
    assert [row.owner for row in rows(job="core.purge")] == [commune.tenant.role]


def test_performed_twice_one_effect(commune, mailbox):
    person = commune.person()
    with commune.session() as session:
        write_to(session, get_person(session, person.id), "test", words)
    row = rows(owner=commune.tenant.role)[-1]
    for _ in range(3):
        perform(str(row.id))
    assert len(mailbox()) == 1
    assert len(commune.all(JobReceipt, outbox_id=row.id)) == 1


def test_killed_between_effect_and_closing_is_only_closed(commune, run_jobs):
    """The receipt is there, the row is not closed: the next attempt changes nothing and closes it."""
    with commune.session() as session:
        outbox_id = enqueue(session, "core.purge")
        session.add(JobReceipt(outbox_id=outbox_id))
    perform(str(outbox_id))
    assert rows(id=outbox_id)[0].outcome == "done"


def test_a_failing_job_leaves_no_word_of_anybody(commune, run_jobs, monkeypatch, capfd):
    """Neither in the row, nor in the queue, nor in the log: the database's errors quote whole rows."""
    from base64 import b64decode
    from zlib import decompress

    from civique.core.registry import modules

    def fails(session):
        session.execute(
            text("INSERT INTO person (id, given_name, family_name) VALUES (gen_random_uuid(), 'Nadia', 'x')")
        )

    job = modules().jobs["core.purge"]
    monkeypatch.setitem(modules().jobs, "core.purge", type(job)(job.name, fails))
    with commune.session() as session:
        outbox_id = enqueue(session, "core.purge")
    one = relay()
    one.step()
    connection = queue_of(one).connection
    queue = Queue(queue_of(one).name, connection=connection, job_class=OurJob, serializer=JSONSerializer)
    OurWorker([queue], connection=connection, job_class=OurJob, serializer=JSONSerializer).work(burst=True)
    results = [entry[b"exc_string"] for key in connection.keys("rq:results:*") for _, entry in connection.xrange(key)]
    kept = [decompress(b64decode(result)).decode() for result in results]
    assert any("JobFailed: IntegrityError, NotNullViolation 23502" in words for words in kept)
    assert rows(id=outbox_id)[0].error == "IntegrityError, NotNullViolation 23502"
    assert "Nadia" not in "".join([*kept, *capfd.readouterr()])


def test_a_failing_job_waits_longer_each_time_then_is_closed_as_failed(commune, run_jobs, monkeypatch):
    from civique.core.registry import modules

    def fails(session):
        raise ValueError("no")

    job = modules().jobs["core.purge"]
    monkeypatch.setitem(modules().jobs, "core.purge", type(job)(job.name, fails))
    with commune.session() as session:
        outbox_id = enqueue(session, "core.purge")
    with pytest.raises(ValueError, match="no"):
        perform(str(outbox_id))
    row = rows(id=outbox_id)[0]
    assert row.due_at > datetime.now(UTC)
    assert row.error == "ValueError", "the message of an error may quote what somebody typed"
    with engines().platform.begin() as connection:
        connection.execute(text("UPDATE platform.outbox SET failures = 55 WHERE id = :id"), {"id": outbox_id})
    with pytest.raises(ValueError, match="no"):
        perform(str(outbox_id))
    assert rows(id=outbox_id)[0].outcome == "failed"


def test_a_job_that_lost_the_database_is_tried_again_soon(commune, run_jobs, monkeypatch):
    """However often that happened; it says nothing of the job."""
    from civique.core.registry import modules

    def loses(session):
        with engines().owner.begin() as owner:
            owner.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend(session)})
        session.execute(text("SELECT 1"))

    def backend(session):
        return session.connection().connection.driver_connection.info.backend_pid

    job = modules().jobs["core.purge"]
    monkeypatch.setitem(modules().jobs, "core.purge", type(job)(job.name, loses))
    with commune.session() as session:
        outbox_id = enqueue(session, "core.purge")
    with engines().platform.begin() as connection:
        connection.execute(text("UPDATE platform.outbox SET failures = 20 WHERE id = :id"), {"id": outbox_id})
    with pytest.raises(OperationalError):
        perform(str(outbox_id))
    row = rows(id=outbox_id)[0]
    assert (row.failures, row.leased_until) == (21, None)
    assert row.due_at < datetime.now(UTC) + timedelta(seconds=30)


def relay():
    """A relay with queues that no other test reads."""
    return Relay(engines(), dict.fromkeys(LANES, own_queue()))


def own_queue():
    return Queue(f"essai-{uuid4()}", connection=Redis.from_url(config().redis_url), serializer=JSONSerializer)


def queue_of(one):
    """The queue of a relay of these tests: one for all lanes."""
    return one.queues["work"]


def test_a_row_is_leased_to_one_relay_and_taken_again_when_the_lease_ends(commune, run_jobs):
    with commune.session() as session:
        enqueue(session, "core.purge")
    one, two = relay(), relay()
    assert one.step() == 1
    assert two.step() == 0
    with engines().platform.begin() as connection:
        connection.execute(text("UPDATE platform.outbox SET leased_until = clock_timestamp() - interval '1 second'"))
    assert two.step() == 1
    assert len(queue_of(one).jobs) == len(queue_of(two).jobs) == 1
    assert queue_of(one).job_ids != queue_of(two).job_ids


def test_a_queue_that_is_away_gives_the_rows_back(commune, run_jobs):
    from redis.exceptions import RedisError

    with commune.session() as session:
        enqueue(session, "core.purge")
    nowhere = Queue("x", connection=Redis(unix_socket_path="/nowhere.sock"), serializer=JSONSerializer)
    away = Relay(engines(), dict.fromkeys(LANES, nowhere))
    with pytest.raises(RedisError):
        away.step()
    assert rows(owner=commune.tenant.role)[0].leased_until is None


def test_later_work_is_not_taken_before_its_time(commune, run_jobs):
    with commune.session() as session:
        enqueue(session, "core.purge", due_at=datetime.now(UTC) + timedelta(hours=1))
    assert relay().step() == 0


@pytest.mark.parametrize(
    ("function", "arguments"), [("os.system", ("id",)), (ENTRY, ("a", "b")), ("civique.workers.run_workers", ("x",))]
)
def test_a_forged_job_is_refused(services, function, arguments):
    queue = own_queue()
    job = OurJob.create(function, args=arguments, connection=queue.connection, serializer=JSONSerializer)
    with pytest.raises(RefusedJob):
        job.perform()


def test_a_forged_callback_is_not_run(services):
    queue = own_queue()
    job = OurJob.create(ENTRY, args=(str(uuid4()),), connection=queue.connection, serializer=JSONSerializer)
    job._success_callback_name = "os.system"
    assert job.success_callback is None
    assert job.failure_callback is None


def test_a_period_runs_once_whatever_ticks(commune, run_jobs):
    """Two relays, two ticks, a clock that steps back: one job a commune and a day."""
    with time_machine.travel("2031-03-04T12:00:00Z", tick=False):
        for _ in range(2):
            relay().tick()
        run_jobs()
        with engines().platform.begin() as connection:
            connection.execute(text("DELETE FROM platform.periodic_run WHERE job = 'core.tick'"))
        relay().tick()
        run_jobs()
    assert len(rows(owner=commune.tenant.role, job="core.daily")) == 1


class Refusing:
    def reach(self):
        pass

    def send(self, message):
        raise MailRefused("550 no such user")


class Away:
    def reach(self):
        pass

    def send(self, message):
        raise MailUnavailable("connection refused")


def queued(commune):
    person = commune.person()
    with commune.session() as session:
        return write_to(session, get_person(session, person.id), "test", words)


def test_a_refused_message_becomes_a_letter_to_print(commune, run_jobs):
    message = queued(commune)
    with commune.session() as session:
        deliver(session, message.id, Refusing())
    assert sorted(m.state for m in commune.all(Message)) == ["failed", "to_print"]
    with commune.session() as session:
        assert get_person(session, message.person_id).email is None


def test_a_message_waits_for_a_server_that_is_away(commune, run_jobs):
    message = queued(commune)
    with pytest.raises(MailUnavailable), commune.session() as session:
        deliver(session, message.id, Away())
    assert commune.one(Message).state == "queued"


def test_a_code_is_not_kept_once_sent(commune, mailbox):
    commune.client().submit("/connexion", {"email": "a@exemple.fr"})
    assert len(mailbox()) == 1
    assert set(commune.one(Message).content) == {"subject"} or commune.one(Message).content == {}


def test_production_without_smtp_keeps_messages_and_says_it(services):
    from dataclasses import replace

    from civique.health import problems

    settings = replace(config(), base_domain="civique.example", smtp_url=None, scheme="https")
    assert not settings.demonstration
    assert any("SMTP_URL" in sentence for sentence in problems(settings, engines()))


def test_old_lines_of_the_audit_trail_go(commune, run_jobs):
    with engines().owner.begin() as connection:
        connection.execute(text(f"UPDATE {commune.tenant.schema}.audit_entry SET at = at - interval '6 years'"))
    with commune.session() as session:
        enqueue(session, "core.purge")
    run_jobs()
    assert commune.sql("SELECT count(*) FROM audit_entry WHERE at < now() - interval '5 years'") == [(0,)]


def fill(owner, count, job="core.purge"):
    """Rows in a commune's name, put there by the platform."""
    query = text(
        "INSERT INTO platform.outbox (id, owner, job, args, due_at) SELECT gen_random_uuid(), :owner, :job, '{}', "
        "clock_timestamp() - interval '1 day' FROM generate_series(1, :count)"
    )
    with engines().platform.begin() as connection:
        connection.execute(query, {"owner": owner, "count": count, "job": job})


def owners_of(queue):
    """Who the jobs of a queue belong to, in their order."""
    names = {str(row.id): row.owner for row in rows()}
    return [names[job.args[0]] for job in queue.jobs]


def worked_off():
    """The rows that were put are done."""
    with engines().platform.begin() as connection:
        connection.execute(text("UPDATE platform.outbox SET done_at = now() WHERE leased_until IS NOT NULL"))


def test_a_commune_that_floods_delays_nobody(commune, neighbour, run_jobs):
    """The other's row is among the first put on the queue, and the flood keeps to its share until it is worked off."""
    fill(commune.tenant.role, 500)
    with neighbour.session() as session:
        enqueue(session, "core.purge")
    one = relay()
    assert one.step() == WORK.share + 1
    assert neighbour.tenant.role in owners_of(queue_of(one))[:2]
    assert one.step() == 0, "what the workers hold of a commune counts in its share"
    worked_off()
    assert one.step() == WORK.share


def test_every_commune_has_its_turn(services, run_jobs):
    """More communes than the queue may hold, and than one step looks at: each step goes on where the one before ended,
    the turn goes round."""
    communes = [f"t_{number:012}" for number in range(COMMUNES + 5)]
    for role in communes:
        fill(role, 2)
    one, served = relay(), []
    for _ in range(2 * len(communes)):
        put = one.step()
        assert put <= WORK.depth
        if not put:
            break
        worked_off()
    served = owners_of(queue_of(one))
    assert len(served) == 2 * len(communes)
    assert served[: len(communes)] == communes, "each once before any twice"


def test_a_turn_looks_beyond_those_that_have_nothing_ready(services, run_jobs):
    """More communes than a step looks at wait for tomorrow: the next step goes on after them, at once."""
    for number in range(COMMUNES):
        fill(f"t_{number:012}", 1)
    with engines().platform.begin() as connection:
        connection.execute(text("UPDATE platform.outbox SET due_at = now() + interval '1 day'"))
    fill("t_999999999999", 1)
    one = relay()
    assert (one.step(), one.midway) == (0, True)
    assert (one.step(), one.midway) == (1, False)


def test_messages_and_work_wait_in_queues_of_their_own(commune, run_jobs):
    """However much work there is, and however many messages, a code is with the workers at the next step."""
    fill(commune.tenant.role, 50)
    fill(commune.tenant.role, 50, "core.deliver_message")
    with commune.session() as session:
        write_to_address(session, "a@exemple.fr", "test", words, secret=True)
    lanes = {name: own_queue() for name in LANES}
    Relay(engines(), lanes).step()
    (code,) = rows(job="core.deliver_code")
    assert [job.args[0] for job in lanes["codes"].jobs] == [str(code.id)]
    assert {name: len(queue.jobs) for name, queue in lanes.items()} == {
        lane.name: 1 if lane is CODES else lane.share for lane in LANES.values()
    }
    assert WORKERS["messages"][0] is CODES


def test_too_much_waiting_is_refused_and_said(commune, neighbour, run_jobs):
    """By the function that the role may call, so also for whoever holds the role; the neighbour goes on."""
    fill(commune.tenant.role, MOST_WAITING - 1)
    with commune.session() as session:
        enqueue(session, "core.purge")
    with pytest.raises(OutboxFull), commune.session() as session:
        enqueue(session, "core.purge")
    client = commune.client()
    form = client.get("/signaler").form("/signaler")
    page = client.post("/signaler", {**form, "text": "Un trou", "name": "Ali", "email": "ali@exemple.fr"})
    assert page.status == 503
    assert "attendent d’être traités" in page.words
    assert commune.sql("SELECT count(*) FROM question") == [(0,)], "nothing is half kept"
    with neighbour.session() as session:
        enqueue(session, "core.purge")
    said = CliRunner().invoke(main, ["outbox", "status"]).output
    assert f"{commune.tenant.role:<16} waiting {MOST_WAITING} (full)" in said
    figures = metrics(engines())
    assert f'civique_outbox_waiting{{tenant="{commune.tenant.role}"}} {float(MOST_WAITING)}' in figures
    assert f'civique_outbox_waiting{{tenant="{neighbour.tenant.role}"}} 1.0' in figures
    with engines().platform.begin() as connection:
        connection.execute(text("DELETE FROM platform.outbox"))


def test_an_attempt_that_fails_late_does_not_open_a_closed_row_again(commune, run_jobs, monkeypatch):
    """Two attempts at once: the one that failed must not undo the end of the one that worked."""
    from civique.core.registry import modules

    with commune.session() as session:
        outbox_id = enqueue(session, "core.purge")

    def fails(session):
        with engines().platform.begin() as connection:
            query = text("UPDATE platform.outbox SET done_at = now(), outcome = 'done', failures = 55")
            connection.execute(query)
        raise ValueError("no")

    job = modules().jobs["core.purge"]
    monkeypatch.setitem(modules().jobs, "core.purge", type(job)(job.name, fails))
    with engines().platform.begin() as connection:
        connection.execute(text("UPDATE platform.outbox SET failures = 55"))
    with pytest.raises(ValueError, match="no"):
        perform(str(outbox_id))
    assert rows(id=outbox_id)[0].outcome == "done"


def test_a_message_that_was_given_up_is_a_letter_and_says_so(commune, run_jobs, monkeypatch):
    """The mail server was away at each attempt: never « leaving » for ever, and the address is not to blame."""
    from civique.web import jobs

    message = queued(commune)
    monkeypatch.setattr(jobs, "mailer", Away)
    outbox_id = rows(owner=commune.tenant.role, job="core.deliver_message")[0].id
    with engines().platform.begin() as connection:
        connection.execute(text("UPDATE platform.outbox SET failures = 55 WHERE id = :id"), {"id": outbox_id})
    with pytest.raises(MailUnavailable):
        perform(str(outbox_id))
    assert rows(id=outbox_id)[0].outcome == "failed"
    assert sorted(m.state for m in commune.all(Message)) == ["failed", "to_print"]
    with commune.session() as session:
        assert get_person(session, message.person_id).email is not None
    with engines().platform.begin() as connection:
        connection.execute(text("UPDATE platform.outbox SET done_at = NULL, outcome = NULL, failures = 0"))
    perform(str(outbox_id))
    assert len(commune.all(Message)) == 2, "tried again by an operator, it does not leave besides its letter"


def test_work_of_a_module_that_another_process_has_just_switched_on_is_not_lost(commune, run_jobs):
    """What the worker remembers of the commune is some seconds old."""
    from civique.core.process import provisioner, registry
    from civique.core.registry import modules
    from tenants.provision import Provisioner
    from tenants.registry import Registry

    registry().forget()
    assert registry().by_schema(commune.tenant.schema).modules == {"core"}
    elsewhere = Provisioner(engines(), Registry(engines().platform, config().base_domain), provisioner().plan)
    elsewhere.enable(commune.tenant, "sample")
    assert "sample.remind" in modules().jobs
    with commune.session() as session:
        outbox_id = enqueue(session, "sample.remind")
    perform(str(outbox_id))
    assert rows(id=outbox_id)[0].outcome == "done"
