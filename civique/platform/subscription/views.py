"""Subscribing: find the commune, say who asks, type the code, watch the site being opened, come in."""

from uuid import UUID

from flask import Blueprint, abort, current_app, request, session, url_for
from werkzeug.wrappers import Response

from civique.core import clock, commune, i18n, settings
from civique.core.access import codes
from civique.core.i18n import gettext as _
from civique.core.opening import communes
from civique.core.process import registry
from civique.platform.access import operations as handover
from civique.platform.subscription import operations, queries
from civique.platform.subscription.documents import versions
from civique.platform.subscription.forms import ApplicantForm
from civique.platform.subscription.messages import follow_path, with_de
from civique.platform.subscription.models import Subscription
from civique.platform.subscription.settings import Prices, tier_of
from civique.services.communes import Commune, de
from civique.web.access import PUBLIC, allow
from civique.web.application import limiter
from civique.web.conditional import personal
from civique.web.pages import go, go_path, notice, page
from civique.web.signin.forms import CodeForm
from civique.web.signin.views import post_code
from civique.web.submit import attempt, submit
from tenants.db import db

blueprint = Blueprint("subscription", __name__, url_prefix="/souscrire")
PURPOSE = "subscribe"
MOST_FOUND = 20


@blueprint.get("")
@allow(PUBLIC)
def find() -> Response:
    """Find the commune among all of France; the same page gives the suggestions while typing."""
    text = request.args.get("q", "")[:100].strip()
    found = communes().search(text, limit=MOST_FOUND + 1)  # one letter is the whole name of Y, in the Somme
    matches = found[:MOST_FOUND]
    sites = queries.sites_of([match.commune.insee for match in matches])
    personal()  # a site may open at any moment: nothing to keep
    return page("platform/find.html", "results", q=text, matches=matches, sites=sites, more=len(found) > len(matches))


@blueprint.get("/<insee>")
@allow(PUBLIC)
def who(insee: str) -> Response:
    """Who asks; or who to contact when the commune has its site."""
    official = _official(insee)
    site = queries.site_of(insee)
    if site is not None:
        personal()
        return page("platform/taken.html", official=official, address=commune.site_address(site), tenant=site)
    siret = commune.first_siret(official.siren) if official.siren else ""
    return _who_page(official, ApplicantForm(official, data={"siret": siret}))


@blueprint.post("/<insee>")
@allow(PUBLIC)
@limiter.limit("20 per hour")
def ask(insee: str) -> Response:
    """Note the request and send the code."""
    official = _official(insee)
    if queries.site_of(insee) is not None:
        return go("subscription.who", insee=insee)
    form = ApplicantForm(official)

    def do() -> None:
        names = ("given_name", "family_name", "function", "email", "phone", "siret")
        subscription = operations.start_subscription(
            db.session,
            official,
            locale=i18n.get_locale(),
            terms_version=versions("terms")[0],
            data_version=versions("data")[0],
            accepted_at=clock.now(),
            **{name: form[name].data for name in names},
        )
        subscription.code_id = post_code(subscription.email, PURPOSE).id
        session["subscription"] = str(subscription.id)

    return submit(form, do, again=lambda: _who_page(official, form), to=url_for("subscription.code"))


@blueprint.get("/code")
@allow(PUBLIC)
def code() -> Response:
    """Ask for the six digits."""
    subscription = _mine()
    if subscription is None:
        return go("subscription.find")
    if subscription.state != "started":
        return go_path(follow_path(subscription))
    return page("platform/code.html", form=CodeForm(), subscription=subscription)


@blueprint.post("/code")
@allow(PUBLIC)
@limiter.limit("10 per 5 minutes")
def check_code() -> Response:
    """Check the digits, then open at once or ask an operator."""
    subscription = _mine()
    if subscription is None:
        notice(_("This request is too old. Start again: it takes two minutes."), "wait")
        return go("subscription.find")
    if subscription.state != "started":
        return go_path(follow_path(subscription))
    form = CodeForm()

    def do() -> None:
        assert subscription.code_id is not None
        row = codes.check_code(db.session, subscription.code_id, form.code.data, PURPOSE)
        operations.confirm_subscription(db.session, subscription, row, _official(subscription.insee))

    return submit(
        form,
        do,
        again=lambda: page("platform/code.html", form=form, subscription=subscription),
        to=lambda _none: follow_path(subscription),
    )


@blueprint.post("/code/encore")
@allow(PUBLIC)
@limiter.limit("6 per hour")
def another_code() -> Response:
    """Send another code to the same address."""
    subscription = _mine()
    if subscription is None or subscription.state != "started":
        return go("subscription.code")

    def do() -> None:
        subscription.code_id = post_code(subscription.email, PURPOSE, subscription.code_id).id

    return attempt(do, url_for("subscription.code"), _("Another code has left. The former one still works."))


@blueprint.get("/suivi/<uuid:subscription_id>")
@allow(PUBLIC)
def follow(subscription_id: UUID) -> Response:
    """Where the request is; the page asks again every two seconds while the site is being opened."""
    subscription = _known(subscription_id)
    personal()
    site = queries.site_of(subscription.insee)
    address = commune.site_address(site) if site else ""
    return page(
        "platform/follow.html", "progress", subscription=subscription, address=address, de=with_de(subscription)
    )


@blueprint.get("/suivi/<uuid:subscription_id>/entrer")
@allow(PUBLIC)
def enter(subscription_id: UUID) -> Response:
    """Lead to the open site: signed in from the browser that typed the code, to the sign-in page otherwise."""
    subscription = _known(subscription_id)
    tenant = registry().by_schema(subscription.tenant_schema or "")
    if subscription.state != "open" or tenant is None:
        return go_path(follow_path(subscription))
    mine = session.get("subscription") == str(subscription.id)
    if mine and operations.note_entered(db.session, subscription):
        address = handover.lead_in(tenant, subscription.email)
        if address is not None:
            return _elsewhere(address)
    return _elsewhere(f"{commune.site_address(tenant)}/connexion?suite=/mairie")


def _elsewhere(address: str) -> Response:
    """Another site of ours: a link, never a form (its target would be refused by the page's own policy)."""
    return current_app.response_class(status=303, headers={"Location": address, "Cache-Control": "no-store"})


def _official(insee: str) -> Commune:
    official = communes().get(insee) if len(insee) == 5 else None
    if official is None:
        abort(404)
    return official


def _known(subscription_id: UUID) -> Subscription:
    subscription = queries.subscription(db.session, subscription_id)
    if subscription is None or subscription.state == "started":
        abort(404)
    return subscription


def _mine() -> Subscription | None:
    """The request that this browser made."""
    text = session.get("subscription")
    return queries.subscription(db.session, UUID(text)) if text else None


def _who_page(official: Commune, form: ApplicantForm, status: int = 200) -> Response:
    tier, prices = tier_of(official.population), settings.get(db.session, Prices)
    price = None if tier is None else prices.yearly[tier]
    return page(
        "platform/who.html",
        status=status,
        official=official,
        form=form,
        de=de(official),
        price=price,
        decided=prices.decided,
    )
