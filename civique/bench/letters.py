"""Five hundred letters, and five hundred welcome booklets, as one PDF each, by the worker's own code: from the job taken up
to the file that is there."""

from sqlalchemy import text

from civique.bench.figure import CannotMeasure, Measure, seconds
from civique.bench.stage import Stage
from civique.core import clock, tasks
from civique.core.messages import batches
from civique.core.messages.content import Content
from civique.core.messages.operations import mark_printed, write_to
from civique.core.messages.queries import waiting_letters
from civique.core.people import operations as people
from civique.core.personalised.operations import JOB as BOOKLETS_JOB
from civique.core.personalised.operations import prepare_documents
from civique.core.process import engines
from civique.modules.welcome.documents.kit import BOOKLETS
from civique.modules.welcome.operations.households import declare_household
from civique.modules.welcome.operations.kit import add_item
from civique.worker import perform
from tenants.session import session_for
from tenants.tenant import Tenant

LETTERS = 500
TOWNS = (("49250", "Brion"), ("49630", "Corné"), ("49800", "Andard"))
TEXT = "Votre question a été étudiée par les services de la mairie, qui vous répondent dans ce courrier. " * 4


def measure(stage: Stage) -> list[Measure]:
    """Time of the letters' job, then of « c’est imprimé », then of the booklets' job."""
    number = stage.rounds or LETTERS
    return [*_letters(stage, number), _booklets(stage, number)]


def _letters(stage: Stage, number: int) -> list[Measure]:
    tenant = stage.plain(1)[0]
    stage.say(f"{number} letters")
    _write(tenant, number)
    with session_for(engines(), tenant) as session:
        task = batches.prepare_batch(session, session.scalars(waiting_letters()).unique().all())
        session.commit()
    return [
        _made(tenant, task, batches.JOB, f"{number} letters as one PDF, in a job"),
        Measure(f"« They are printed » for {number} letters", seconds(lambda: _printed(tenant, task)), "s"),
    ]


def _booklets(stage: Stage, number: int) -> Measure:
    stage.say(f"{number} welcome booklets")
    tenant = stage.instance.open(stage.instance.codes(1)[0], "welcome")
    with session_for(engines(), tenant) as session:
        for kind, title in (
            ("step", "Liste électorale"),
            ("place", "Bibliothèque"),
            ("service", "Ramassage des déchets"),
        ):
            add_item(session, kind=kind, title=title, words="À la mairie, le mardi et le vendredi.")
        households = [
            declare_household(
                session,
                people.register_person(session, "Nadia", f"Arrivée {i}"),
                name=f"Famille Arrivée {i}",
                arrived_on=clock.today(),
                adults=2,
                language="en" if i % 20 == 0 else "fr",
                message=None,
            )
            for i in range(number)
        ]
        task = prepare_documents(session, "Livrets", BOOKLETS.code, [household.id for household in households])
        session.commit()
    return _made(tenant, task, BOOKLETS_JOB, f"{number} welcome booklets as one PDF, in a job")


def _made(tenant: Tenant, task: tasks.Task, job: str, what: str) -> Measure:
    """How long the job of a task takes.

    Raises:
        CannotMeasure: it made no file.
    """
    outbox_id = _row(tenant, job)
    taken = seconds(lambda: perform(outbox_id))
    with session_for(engines(), tenant) as session:
        made = session.get(tasks.Task, task.id)
        if made is None or made.file is None:
            raise CannotMeasure(f"{job} made no file")
        return Measure(what, taken, "s", bar=10, note=f"{made.file.size / 1e6:.1f} MB")


def _write(tenant: Tenant, number: int) -> None:
    with session_for(engines(), tenant) as session:
        for i in range(number):
            code, city = TOWNS[i % len(TOWNS)]
            person = people.register_person(
                session,
                "Jeanne",
                f"Lebrun {i}",
                street=f"{i} rue du Port",
                postal_code=code,
                city=city,
                locale="en" if i % 20 == 0 else "fr",
            )
            words = Content(
                f"Réponse à votre question CON-2026-{i:04}", (TEXT, TEXT, TEXT), "Vous avez écrit à la mairie."
            )
            write_to(session, person, "core.letter", lambda words=words: words)  # type: ignore[misc]
        session.commit()


def _row(tenant: Tenant, job: str) -> str:
    query = text("SELECT id FROM platform.outbox WHERE owner = :owner AND job = :job ORDER BY id DESC LIMIT 1")
    with engines().platform.connect() as connection:
        return str(connection.execute(query, {"owner": tenant.role, "job": job}).scalar_one())


def _printed(tenant: Tenant, task: tasks.Task) -> None:
    with session_for(engines(), tenant) as session:
        mark_printed(session, batches.letters_of(session, task.id))
        session.commit()
