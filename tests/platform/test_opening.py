"""Subscribing, second half: the site is opened, once, whatever dies; its administrator comes in; the rest is forgotten."""

import threading
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, text

from tests.client import PageClient
from tests.fixtures import Commune, wsgi
from tests.platform.steps import SIRET, WHO, ask, asked, code_of, only, platform, site

pytestmark = [pytest.mark.fresh_communes, pytest.mark.usefixtures("clean")]

# Opened at once -----------------------------------------------------------------------------------------------------


def test_the_address_of_the_mairie_opens_at_once(apex, mailbox, run_jobs):
    answer = ask(apex, mailbox)
    follow = answer.location
    page = apex.follow(answer)
    assert only().state in {"approved", "open"}
    run_jobs()
    page = apex.get(follow)
    assert only().state == "open"
    opened = site()
    assert opened.host in page.words
    assert opened.one(_person(), family_name="Cormoran").trust == "verified"
    message = next(m for m in mailbox() if m["To"] == WHO["email"] and "Allonnes" in m["Subject"])
    words = message.get_body(("plain",)).get_content()
    assert f"http://{opened.host}" in words
    assert f"{follow}/entrer" in words
    assert opened.tenant.trial_ends_on is not None


def _person() -> Any:
    from civique.core.people.models import Person

    return Person


def test_progress_without_and_with_fragments(apex):
    from datetime import timedelta

    from civique.core import clock
    from civique.platform.subscription.models import Subscription

    row = asked("opening")
    follow = f"/souscrire/suivi/{row.id}"
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
    moving = apex.get(follow, headers=headers)
    assert 'hx-trigger="every 2s"' in moving.text
    assert "<h1" not in moving.text
    assert follow in apex.get(follow).links(), "a link refreshes without JavaScript"
    with platform() as session:
        session.get(Subscription, row.id).decided_at = clock.now() - timedelta(minutes=5)
    assert "plus de temps" in apex.get(follow).words
    with platform() as session:
        session.get(Subscription, row.id).state = "open"
    assert "hx-trigger" not in apex.get(follow, headers=headers).text, "it stops asking"


def test_the_administrator_comes_in_signed_in_once(apex, mailbox, run_jobs):
    follow = ask(apex, mailbox).location
    run_jobs()
    leading = apex.get(f"{follow}/entrer")
    assert leading.status == 303
    opened = site()
    assert leading.location.startswith(f"http://{opened.host}/connexion/premiere-fois/")
    client = opened.client()
    path = "/" + leading.location.split("/", 3)[3]
    page = client.get(path)
    assert "Agnès" in page.words
    entered = client.submit(path)
    assert entered.location in {"/mairie", "/mairie/mise-en-route"}
    assert client.get("/mon-compte").title.startswith("Agnès")
    assert [row.address for row in opened.sql("SELECT address FROM email_address")] == [WHO["email"]]
    assert opened.client().get(path).status == 404, "used"
    assert opened.client().post(path, {}).status in {400, 404}


def test_the_link_is_of_one_commune_and_ten_minutes(apex, mailbox, run_jobs, commune):
    from datetime import timedelta

    from civique.core.access.models import SignInCode

    follow = ask(apex, mailbox).location
    run_jobs()
    path = "/" + apex.get(f"{follow}/entrer").location.split("/", 3)[3]
    opened = site()
    assert commune.client().get(path).status == 404
    assert opened.client().get(path[:-1] + ("a" if path[-1] != "a" else "b")).status == 404
    assert opened.client().get("/connexion/premiere-fois/x").status == 404
    with opened.session() as session:
        row = session.scalars(select(SignInCode).where(SignInCode.purpose == "hand_over")).one()
        assert row.expires_at - row.created_at <= timedelta(minutes=10, seconds=5)
        row.expires_at -= timedelta(minutes=11)
    assert opened.client().get(path).status == 404


def test_another_browser_is_led_to_the_sign_in_page(apex, mailbox, run_jobs):
    follow = ask(apex, mailbox).location
    run_jobs()
    other = PageClient(wsgi(), apex.host)
    assert other.get(f"{follow}/entrer").location == f"http://{site().host}/connexion?suite=/mairie"


def test_a_shared_computer_does_not_stay_open(apex, mailbox, run_jobs):
    from datetime import timedelta

    from civique.platform.subscription.models import Subscription

    follow = ask(apex, mailbox).location
    run_jobs()
    apex.get(f"{follow}/entrer")
    with platform() as session:
        session.scalars(select(Subscription)).one().entered_at -= timedelta(minutes=11)
    assert apex.get(f"{follow}/entrer").location.endswith("/connexion?suite=/mairie")


# Two at once, killed anywhere ---------------------------------------------------------------------------------------


def test_two_people_one_site(apex, mailbox, run_jobs):
    other = PageClient(wsgi(), apex.host)
    second = {"given_name": "Bruno", "family_name": "Héron", "email": "bruno@mairie-allonnes.fr"}
    for client, facts in ((apex, {}), (other, second)):
        client.submit("/souscrire/49002", {**WHO, **facts})
    codes = [code_of(mailbox, WHO["email"]), code_of(mailbox, second["email"])]
    forms = [c.get("/souscrire/code").form("/souscrire/code") for c in (apex, other)]
    barrier = threading.Barrier(2)
    answers: list[Any] = []

    def send(client: PageClient, form: dict[str, str], code: str) -> None:
        barrier.wait()
        answers.append(client.post("/souscrire/code", {**form, "code": code}))

    threads = [
        threading.Thread(target=send, args=(client, form, code))
        for client, form, code in zip((apex, other), forms, codes, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status for answer in answers] == [303, 303]
    run_jobs()
    from civique.platform.subscription.models import Subscription

    with platform() as session:
        rows = session.scalars(select(Subscription)).all()
        assert sorted(row.state for row in rows) == ["open", "refused"]
        refused = next(row for row in rows if row.state == "refused")
    told = [m for m in mailbox() if m["To"] == refused.email]
    assert "Allonnes" in told[-1]["Subject"]
    assert len(site().sql("SELECT 1 FROM role_grant WHERE role = 'administrator'")) == 1
    page = PageClient(wsgi(), apex.host).get(f"/souscrire/suivi/{refused.id}")
    assert f"http://{site().host}/" in page.links()


class Killed(BaseException):
    """The process died here."""


@pytest.mark.parametrize("step", ["reserve", "create", "seed", "administrator", "note_open"])
def test_a_job_killed_anywhere_is_taken_up_again(mailbox, run_jobs, monkeypatch, step):
    """The job is killed after a step and run again, as the relay does; the site is whole and has one administrator."""
    from civique.core import opening
    from civique.platform.subscription import jobs, operations
    from tenants.provision import Provisioner

    targets = {
        "reserve": (Provisioner, "create_schema"),
        "create": (opening, "seed"),
        "seed": (jobs, "add_administrator"),
        "administrator": (operations, "note_open"),
        "note_open": (operations.messages, "tell_open"),
    }
    row = asked()

    def dies(*args: Any, **kwargs: Any) -> None:
        raise Killed(step)

    with monkeypatch.context() as patch:
        patch.setattr(*targets[step], dies)
        with pytest.raises(Killed), platform() as session:
            jobs.open_site(session, str(row.id))
    assert only().state == "opening"
    for _ in range(2):
        with platform() as session:
            jobs.open_site(session, str(row.id))
    assert only().state == "open"
    opened = site()
    assert opened.tenant.state == "open"
    assert len(opened.sql("SELECT 1 FROM role_grant WHERE role = 'administrator'")) == 1
    assert opened.client().get("/").status == 200
    run_jobs()
    assert len([m for m in mailbox() if "/entrer" in m.get_body(("plain",)).get_content()]) == 1


def test_a_commune_that_somebody_administers_is_never_handed_over(apex):
    """The registry said that the commune was free, then somebody opened it on the command line before the job ran."""
    from civique.core.opening import add_administrator, open_commune
    from civique.core.process import engines, provisioner
    from civique.platform.subscription import jobs
    from tenants.session import session_for

    row = asked()
    tenant = open_commune(engines(), provisioner(), "49002")
    with session_for(engines(), tenant) as session:
        add_administrator(session, "Autre", "Personne", "autre@mairie-allonnes.fr")
        session.commit()
    with platform() as session:
        jobs.open_site(session, str(row.id))
    assert only().state == "refused"
    assert Commune(tenant).sql("SELECT count(*) FROM email_address WHERE address = :a", a=WHO["email"])[0][0] == 0
    assert apex.get(f"/souscrire/suivi/{row.id}/entrer").location.startswith("/souscrire/suivi/")


def test_a_first_row_of_everything_is_in_the_audit(apex, mailbox, run_jobs):
    ask(apex, mailbox)
    run_jobs()
    with platform() as session:
        actions = session.execute(text("SELECT action, data::text FROM audit_entry ORDER BY id DESC LIMIT 20")).all()
    assert {"subscription.started", "subscription.approved", "subscription.open"} <= {a for a, _ in actions}
    assert not any(WHO["email"] in data or "Cormoran" in data for _, data in actions), "ids, never names"


# What is forgotten --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "days", "kept"),
    [
        ("started", 1, True),
        ("started", 3, False),
        ("to_check", 80, True),
        ("to_check", 100, False),
        ("refused", 80, True),
        ("refused", 100, False),
        ("open", 900, True),
        ("opening", 900, True),
    ],
)
def test_who_asked_in_vain_is_forgotten(services, state, days, kept):
    from datetime import timedelta

    from civique.core import clock
    from civique.core.registry import modules
    from civique.platform.subscription.models import Subscription

    then = clock.now() - timedelta(days=days)
    with platform() as session:
        session.add(
            Subscription(
                insee="49002",
                commune_name="Allonnes",
                state=state,
                given_name="A",
                family_name="B",
                function="C",
                email="a@b.fr",
                phone="+33241000001",
                siret=SIRET,
                terms_version="1",
                data_version="1",
                created_at=then,
                changed_at=then,
            )
        )
    for _ in range(2):
        with platform() as session:
            modules().jobs["platform.purge_subscriptions"].run(session)
    with platform() as session:
        assert (session.scalars(select(Subscription)).one_or_none() is not None) is kept


def test_the_periodic_jobs_run_at_the_apex(services, run_jobs):
    from civique.core.process import engines
    from civique.web.daily import tick

    with engines().platform.begin() as connection:
        connection.execute(text("DELETE FROM platform.periodic_run"))
    with time_machine.travel("2031-03-04T12:00:00Z", tick=False):
        for _ in range(2):
            with platform() as session:
                tick(session)
    with engines().platform.connect() as connection:
        rows = connection.execute(
            text("SELECT count(*) FROM platform.outbox WHERE owner = 'platform' AND job = 'core.daily'")
        ).scalar_one()
    assert rows == 1
    run_jobs()
