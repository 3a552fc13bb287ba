"""What the sample module declares."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, func, select

from civique.core import clock
from civique.core.agreements.forgetting import forget_applicant
from civique.core.events import Listener
from civique.core.feedback.declarations import Choice, Questionnaire, Scale, Words
from civique.core.i18n import _l
from civique.core.indicators.declarations import Counted
from civique.core.indicators.figures import exact
from civique.core.manifest import IndicatorDeclaration, Job, Link, Manifest, Offer, Permission, PersonalData
from civique.core.open_data import Dataset, Feed
from civique.core.organisations.declarations import OrganisationCard
from civique.core.paper import BlankForm
from civique.core.personalised.declarations import Personalised
from civique.core.projects import ProjectHelped, ProjectReported
from civique.core.stall.forms import StallField, StallForm
from tests.sample import operations
from tests.sample.agreements import SUBJECT
from tests.sample.evaluated import EVALUATED
from tests.sample.imports import IMPORTER
from tests.sample.models import Pickup
from tests.sample.recipients import RECIPIENTS
from tests.sample.settings import Rounds
from tests.sample.stories import STORIES
from tests.sample.subjects import SUBJECTS
from tests.sample.views import blueprint


def export(session, person):
    return [{"what": p.what} for p in session.scalars(select(Pickup).where(Pickup.person_id == person.id))]


def erase(session, person) -> None:
    for pickup in session.scalars(select(Pickup).where(Pickup.person_id == person.id)):
        forget_applicant(session, pickup)
    session.execute(delete(Pickup).where(Pickup.person_id == person.id))


def demo(session, world) -> None:
    operations.ask_pickup(session, world.residents[0], "Un vieux sommier", clock.today() + timedelta(days=1))


def count_pickups(session, period):
    days = session.scalars(select(Pickup.day).where(Pickup.day.between(period.start, period.end))).all()
    return [Counted(exact(len(days)))]


def labels(session, ids):
    query = select(Pickup).where(Pickup.id.in_(ids)).order_by(Pickup.what)
    return [{"what": pickup.what} for pickup in session.scalars(query)]


MANIFEST = Manifest(
    name="sample",
    label=_l("Bulky waste collection"),
    package="tests.sample",
    offers=(
        Offer("weekly", _l("Every week"), _l("On Mondays, in each street.")),
        Offer("monthly", _l("Every month"), _l("By appointment."), (Rounds(days=28, at_the_door=False),)),
    ),
    settings=(Rounds,),
    models=(Pickup,),
    migrations=Path(__file__).parent / "migrations",
    blueprints=(blueprint,),
    permissions=(Permission("sample.collect", _l("Bulky waste collection"), ("counter",)),),
    stall_forms=(
        StallForm(
            "sample.pickup",
            _l("Bulky waste collection"),
            (
                StallField("what", _l("What is to be collected?"), required=True),
                StallField(
                    "size", _l("Size"), choices=lambda session: [("small", _l("Small")), ("large", _l("Large"))]
                ),
            ),
            operations.receive_pickup,
        ),
    ),
    organisation_cards=lambda session, organisation, person: [
        OrganisationCard(
            _l("Bulky waste collection"),
            (f"{organisation.name}, {person.given_name}", ("Lundi", "/encombrants")),
            ((_l("Ask for a collection"), "/encombrants/demander"),),
        )
    ],
    documents=(
        Personalised(
            "sample.label",
            _l("Labels of the collections"),
            Path(__file__).parent / "templates" / "label.typ",
            labels,
            "sample.collect",
        ),
    ),
    questionnaires=(
        Questionnaire(
            "pickup",
            _l("What did you think of the collection?"),
            (
                Scale("easy", _l("It was easy to ask")),
                Choice("how", _l("How did you ask?"), (("site", _l("On the site")), ("paper", _l("On paper")))),
                Words("words", _l("A few words")),
            ),
            model=Pickup,
            title=lambda pickup: pickup.what,
        ),
    ),
    public_links=(
        Link(_l("Bulky waste collection"), "sample.listing", "archive"),
        Link(_l("Waste left in the street"), "sample.ask", "archive", door="report"),
        Link(_l("Calendar of the rounds"), "sample.listing", "archive", door="inform"),
    ),
    feeds=(Feed(_l("Calendar of the rounds"), "sample.feed", _l("Each round."), ("sample.listing",)),),
    open_data=(
        Dataset(
            "tournees",
            _l("Calendar of the rounds"),
            _l("Each round."),
            select(func.max(Pickup.created_at)),
            {"CSV": "sample.days"},
        ),
    ),
    paper_forms=(BlankForm(_l("Bulky waste collection"), "sample.paper"),),
    listeners=(
        Listener(ProjectHelped, operations.note_help),
        Listener(ProjectReported, operations.note_report),
    ),
    jobs=(Job("sample.remind", operations.remind, daily=True),),
    indicators=(
        IndicatorDeclaration("sample.pickups", _l("Bulky waste collection"), "count", count_pickups, people=False),
    ),
    evaluated=EVALUATED,
    importers=(IMPORTER,),
    recipients=RECIPIENTS,
    subjects=(SUBJECTS,),
    agreement_subjects=(SUBJECT,),
    told_subjects=(STORIES,),
    personal_data=(PersonalData("pickups", "Ramassages", "x", "x", "x", export, erase),),
    demo=demo,
)
