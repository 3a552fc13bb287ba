"""Acting for a relative: ask, choose for whom I act in this browser, stop."""

from uuid import UUID

from flask import abort
from sqlalchemy import select
from werkzeug.wrappers import Response

from civique.core.access import operations as access
from civique.core.i18n import gettext as _
from civique.core.people import operations
from civique.core.people.models import Proxy
from civique.core.people.queries import proxies_around, represented_by
from civique.web.access import SIGNED_IN, allow, me, visitor
from civique.web.account.blueprint import blueprint, my_session
from civique.web.account.forms import RelativeForm
from civique.web.application import limiter
from civique.web.pages import go, notice, page
from civique.web.submit import submit
from tenants.db import db


@blueprint.route("/proches", methods=["GET", "POST"])
@allow(SIGNED_IN)
@limiter.limit("10 per hour", methods=["POST"])
def relatives() -> Response:
    """For whom I act or asked to act, and who acts for me. Whoever the name is, the answer is the same: only the mairie
    learns whether it knows this person."""
    form = RelativeForm()
    return submit(
        form,
        lambda: operations.ask_proxy(
            db.session, me(), str(form.given_name.data), str(form.family_name.data), form.kind.data
        ),
        again=lambda: page(
            "account/relatives.html",
            form=form,
            person=me(),
            proxies=proxies_around(db.session, me()),
            acting_for=visitor().acting_for,
        ),
        to="/mon-compte/proches",
        said=_("Your request was sent to the town hall, which will ask you for proof of the link."),
    )


@blueprint.post("/agir-pour/<uuid:person_id>")
@allow(SIGNED_IN)
def act_for(person_id: UUID) -> Response:
    """Act for a relative in this browser."""
    proxy = next((p for p in represented_by(db.session, me()) if p.for_person_id == person_id), None)
    if proxy is None or proxy.for_person is None or not proxy.for_person.active:
        abort(404)
    access.act_for(db.session, my_session(), proxy.for_person)
    notice(_("You now act for %(name)s in this browser.", name=proxy.for_person.name))
    return go("account.overview")


@blueprint.post("/agir-pour-moi")
@allow(SIGNED_IN)
def act_for_myself() -> Response:
    """Act for myself again."""
    access.act_for(db.session, my_session(), None)
    return go("account.overview")


@blueprint.post("/proches/<uuid:proxy_id>/terminer")
@allow(SIGNED_IN)
def end_proxy(proxy_id: UUID) -> Response:
    """Either of the two may end it, at any time."""
    proxy = db.session.scalars(select(Proxy).where(Proxy.id == proxy_id, Proxy.ended_at.is_(None))).one_or_none()
    if proxy is None or me().id not in {proxy.person_id, proxy.for_person_id}:
        abort(404)
    operations.end_proxy(db.session, proxy)
    if my_session().acting_for_id == proxy.for_person_id:
        access.act_for(db.session, my_session(), None)
    notice(_("It is ended."))
    return go("account.relatives")
