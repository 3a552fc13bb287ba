"""What everybody reads: the kit, the partners; « Je viens d’arriver » in three steps, and its simplified version."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, url_for
from werkzeug.wrappers import Response

from civique.core import settings
from civique.core.i18n import _l, get_locale
from civique.core.i18n import gettext as _
from civique.core.officials.operations import officials
from civique.core.organisations.models import Organisation
from civique.modules.welcome.documents import open_data
from civique.modules.welcome.documents.kit import HEADINGS, blank_card, poster
from civique.modules.welcome.forms.public import HouseholdForm, NeedsForm, PartForm, SimpleForm
from civique.modules.welcome.models import WelcomeHousehold, WelcomeOffer
from civique.modules.welcome.operations.households import change_household, declare_household
from civique.modules.welcome.queries.households import household_of
from civique.modules.welcome.queries.kit import by_kind, items, title_in, words_in
from civique.modules.welcome.queries.vouchers import BY_PARTNER, offers_today, running_offers
from civique.modules.welcome.settings import WelcomeSettings
from civique.web.access import PUBLIC, SIGNED_IN, allow
from civique.web.applicant import applicant, first_who
from civique.web.desk_list import Order, anywhere, newest
from civique.web.forms import BaseForm
from civique.web.pages import as_pdf, go, page
from civique.web.public_list import PublicList
from civique.web.submit import submit
from tenants.db import db

TITLE = _l("New residents")
public = Blueprint("welcome", __name__, url_prefix="/bienvenue")


@public.get("")
@allow(PUBLIC)
def about() -> Response:
    """The kit as everybody reads it, and how to say that one has arrived."""
    return page("welcome/about.html", **_kit(get_locale()))


@public.get("/simple")
@allow(PUBLIC)
def simple() -> Response:
    """The same in short sentences."""
    return page("welcome/simple.html", **_kit("simple"))


def _kit(language: str) -> dict[str, Any]:
    chosen = settings.get(db.session, WelcomeSettings)
    return {
        "chosen": chosen,
        "kinds": by_kind(items(db.session)),
        "headings": HEADINGS,
        "title_in": title_in,
        "words_in": words_in,
        "language": language,
        "offers": running_offers(db.session),
        "officials": officials(db.session),
    }


PublicList(
    name="partenaires",
    title=open_data.PARTNERS.label,
    section="inform",
    select=offers_today,
    template="welcome/partners.html",
    orders=(Order("partenaire", _l("By partner"), BY_PARTNER), newest(WelcomeOffer.created_at)),
    words=anywhere(Organisation.name, WelcomeOffer.title, WelcomeOffer.conditions),
    words_label=_l("Partner or offer"),
    entry=open_data.as_entry,
    feed=open_data.PARTNERS.label,
    data=open_data.as_data,
).add_to(public, path="/partenaires", endpoint="partners")


@public.get("/affiche.pdf")
@allow(PUBLIC)
def poster_pdf() -> Response:
    """The poster for shop windows."""
    return as_pdf(poster(db.session), "affiche-nouveaux-habitants")


@public.get("/carte.pdf")
@allow(PUBLIC)
def card() -> Response:
    """The same questions on a card to fill in by hand."""
    return as_pdf(blank_card(db.session), "carte-nouveaux-habitants")


@public.route("/arrivee", methods=["GET", "POST"])
@allow(SIGNED_IN)
def arrive() -> Response:
    """Step 1: the household. It is declared from here on; the two other steps may wait."""
    known = household_of(db.session, applicant())
    if known is not None:
        return go("welcome.household", welcome_household_id=known.id)
    form = HouseholdForm()
    if not form.is_submitted():
        form.name.data, form.language.data = applicant().family_name, get_locale()
    return submit(
        form,
        lambda: declare_household(db.session, applicant(), **form.facts()),
        again=lambda: _step(1, form),
        to=lambda household: url_for("welcome.needs", welcome_household_id=household.id),
        said=lambda household: _("Welcome! You are registered: %(reference)s.", reference=household.reference),
    )


@public.route("/simple/arrivee", methods=["GET", "POST"])
@allow(SIGNED_IN)
def arrive_simply() -> Response:
    """The three steps on one short page."""
    known = household_of(db.session, applicant())
    if known is not None:
        return go("welcome.household", welcome_household_id=known.id)
    form = SimpleForm()
    if not form.is_submitted():
        form.name.data = applicant().name
    return submit(
        form,
        lambda: declare_household(db.session, applicant(), **form.facts()),
        again=lambda: page("welcome/simple_form.html", form=form),
        to=lambda household: url_for("welcome.household", welcome_household_id=household.id),
        said=_("Thank you. The town hall knows that you are here."),
    )


@public.route("/foyers/<uuid:welcome_household_id>/foyer", methods=["GET", "POST"])
@allow(SIGNED_IN)
def correct(welcome_household_id: UUID) -> Response:
    """Step 1 again: who it is, when it arrived, in which language it reads."""
    household = mine(welcome_household_id)
    form = HouseholdForm(obj=household)
    return submit(
        form,
        lambda: change_household(db.session, household, **form.facts()),
        again=lambda: page("welcome/correct.html", form=form, household=household),
        to=url_for("welcome.household", welcome_household_id=household.id),
        said=_("Saved."),
        about=lambda: mine(household.id),
    )


@public.route("/foyers/<uuid:welcome_household_id>/besoins", methods=["GET", "POST"])
@allow(SIGNED_IN)
def needs(welcome_household_id: UUID) -> Response:
    """Step 2: what it needs."""
    household = mine(welcome_household_id)
    form = NeedsForm(obj=household)
    return _save(household, form, 2, url_for("welcome.part", welcome_household_id=household.id))


@public.route("/foyers/<uuid:welcome_household_id>/participer", methods=["GET", "POST"])
@allow(SIGNED_IN)
def part(welcome_household_id: UUID) -> Response:
    """Step 3: what it would like to take part in."""
    household = mine(welcome_household_id)
    form = PartForm(obj=household)
    if not form.is_submitted():
        form.interests.data = [interest.kind for interest in household.interests]
    return _save(household, form, 3, url_for("welcome.household", welcome_household_id=household.id))


def _save(household: WelcomeHousehold, form: BaseForm, number: int, to: str) -> Response:
    return submit(
        form,
        lambda: change_household(db.session, household, **form.facts()),
        again=lambda: _step(number, form, household),
        to=to,
        said=_("Saved.") if number == 3 else "",
        about=lambda: mine(household.id),
    )


def _step(number: int, form: BaseForm, household: WelcomeHousehold | None = None) -> Response:
    return page("welcome/step.html", number=number, form=form, household=household)


def mine(household_id: UUID) -> WelcomeHousehold:
    """The household of this person, or of the relative for whom they act; anybody else's does not exist."""
    household = db.session.get(WelcomeHousehold, household_id)
    if household is None or first_who(lambda person: household.applicant_id == person.id) is None:
        abort(404)
    return household
