"""For operators: requests to check, communes, recovery of an access, work that failed. No resident's data anywhere."""

from uuid import UUID

from flask import Blueprint, abort, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from civique.core import audit, commune
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.opening import communes
from civique.core.process import provisioner, registry
from civique.core.refused import Refused
from civique.platform.access import operations as handover
from civique.platform.subscription import operations, queries
from civique.platform.subscription.forms import RecoveryForm, RefusalForm, SuspensionForm
from civique.platform.subscription.messages import with_de
from civique.platform.subscription.models import Subscription
from civique.services.communes import official_email_matches
from civique.web.access import allow, me
from civique.web.application import limiter
from civique.web.desk_list import DeskList, Filter, Order, anywhere, newest, oldest
from civique.web.lists import paginate
from civique.web.pages import go, notice, page
from civique.web.submit import submit
from civique.web.tables import Column
from tenants.db import db
from tenants.models import TenantRow
from tenants.tenant import Tenant

blueprint = Blueprint("operations", __name__, url_prefix="/operations")
OPERATE = "platform.operate"
SUBSCRIPTION_STATES = {
    "started": (_l("code awaited"), ""),
    "confirmed": (_l("address confirmed"), ""),
    "to_check": (_l("to check"), "wait"),
    "approved": (_l("accepted"), ""),
    "opening": (_l("being opened"), ""),
    "open": (_l("open"), "ok"),
    "refused": (_l("refused"), "stop"),
    "failed": (_l("failed"), "stop"),
}
COMMUNE_STATES = {
    "creating": (_l("being opened"), ""),
    "open": (_l("open"), "ok"),
    "suspended": (_l("read-only"), "wait"),
    "closed": (_l("closed"), "stop"),
    "deleting": (_l("being deleted"), ""),
}
SUBSCRIPTIONS = DeskList(
    name="demandes",
    title=_l("Requests"),
    select=lambda: select(Subscription),
    columns=(
        Column(_l("Commune"), lambda s: s.commune_name),
        Column(_l("INSEE code"), lambda s: s.insee),
        Column(_l("State"), lambda s: str(SUBSCRIPTION_STATES[s.state][0])),
        Column(_l("Asked on"), lambda s: s.created_at),
        Column(_l("Decided on"), lambda s: s.decided_at),
        Column(_l("Opened on"), lambda s: s.opened_at),
        Column(_l("Terms"), lambda s: s.terms_version),
        Column(_l("Data contract"), lambda s: s.data_version),
    ),
    template="platform/operations/subscriptions.html",
    orders=(
        newest(Subscription.created_at),
        oldest(Subscription.created_at),
        Order("commune", _l("Commune"), (Subscription.commune_name, Subscription.created_at)),
    ),
    filters=(Filter("etat", _l("State"), SUBSCRIPTION_STATES, Subscription.state),),
    words=anywhere(Subscription.commune_name, Subscription.insee),
    words_label=_l("Commune"),
)
COMMUNES = DeskList(
    name="communes",
    title=_l("Communes"),
    select=lambda: select(TenantRow).where(TenantRow.state != "deleted"),
    columns=(
        Column(_l("Commune"), lambda t: t.name),
        Column(_l("INSEE code"), lambda t: t.insee),
        Column(_l("Address"), lambda t: t.slug),
        Column(_l("State"), lambda t: str(COMMUNE_STATES[t.state][0])),
        Column(_l("Modules"), lambda t: ", ".join(m for m in t.modules if m != "core")),
        Column(_l("Opened on"), lambda t: t.created_at),
        Column(_l("End of trial"), lambda t: t.trial_ends_on),
    ),
    template="platform/operations/communes.html",
    orders=(
        newest(TenantRow.created_at),
        Order("nom", _l("Name"), TenantRow.name),
        Order("essai", _l("End of trial"), TenantRow.trial_ends_on),
    ),
    filters=(Filter("etat", _l("State"), COMMUNE_STATES, TenantRow.state),),
    words=anywhere(TenantRow.name, TenantRow.slug, TenantRow.insee),
    words_label=_l("Commune"),
)


@blueprint.get("")
@allow(OPERATE)
def work() -> Response:
    """What waits: requests first, then work that failed."""
    return page(
        "platform/operations/work.html",
        to_check=db.session.scalars(queries.to_check().limit(10)).all(),
        waiting=queries.count_to_check(db.session),
        counts=queries.outbox_counts(db.session),
    )


SUBSCRIPTIONS.add_to(
    blueprint, OPERATE, lambda: {"states": SUBSCRIPTION_STATES}, path="/demandes", endpoint="subscriptions"
)


@blueprint.get("/demandes/<uuid:subscription_id>")
@allow(OPERATE)
def subscription(subscription_id: UUID) -> Response:
    """One request: what to compare before deciding."""
    return _subscription_page(_subscription(subscription_id), RefusalForm())


@blueprint.post("/demandes/<uuid:subscription_id>/accepter")
@allow(OPERATE)
def approve(subscription_id: UUID) -> Response:
    """Open the site: one click."""
    row = _subscription(subscription_id)
    try:
        operations.approve_subscription(db.session, row, me())
    except Refused as refused:
        operations.refuse_as_taken(db.session, row)
        notice(str(refused), "wait")
        return go("operations.subscription", subscription_id=row.id)
    if row.state in {"approved", "opening", "open"}:
        notice(
            _("Accepted: the site of %(commune)s is being opened.", commune=row.commune_name, de_commune=with_de(row))
        )
    else:
        notice(_("This request was decided already: nothing was changed."), "wait")
    return go("operations.subscriptions", etat="to_check")


@blueprint.post("/demandes/<uuid:subscription_id>/refuser")
@allow(OPERATE)
def refuse(subscription_id: UUID) -> Response:
    """Refuse, with a sentence that the applicant reads."""
    row = _subscription(subscription_id)
    form = RefusalForm()
    if not form.validate():
        return _subscription_page(row, form, 422)
    if row.state != "to_check":
        notice(_("This request was decided already: nothing was changed."), "wait")
        return go("operations.subscription", subscription_id=row.id)
    operations.refuse_subscription(db.session, row, form.reason.data, me())
    notice(_("Refused: the applicant receives your sentence."))
    return go("operations.subscriptions", etat="to_check")


COMMUNES.add_to(blueprint, OPERATE, lambda: {"states": COMMUNE_STATES}, path="/communes", endpoint="commune_list")


@blueprint.get("/communes/<uuid:tenant_id>")
@allow(OPERATE)
def commune_file(tenant_id: UUID) -> Response:
    """One commune: state, suspend or resume, recover an access."""
    return _commune_page(_tenant(tenant_id), SuspensionForm())


@blueprint.post("/communes/<uuid:tenant_id>/suspendre")
@allow(OPERATE)
def suspend(tenant_id: UUID) -> Response:
    """Read-only with a banner; exports stay open."""
    tenant = _tenant(tenant_id)
    form = SuspensionForm()
    if not form.validate():
        return _commune_page(tenant, form, 422)
    if tenant.state == "open":
        provisioner().set_state(tenant, "suspended", form.reason.data)
        audit.record(db.session, "tenant.suspended", _row(tenant_id))
        notice(_("The site is read-only. Its administrators can still export everything."))
    return go("operations.commune_file", tenant_id=tenant_id)


@blueprint.post("/communes/<uuid:tenant_id>/rouvrir")
@allow(OPERATE)
def resume(tenant_id: UUID) -> Response:
    """Open a suspended site again."""
    tenant = _tenant(tenant_id)
    if tenant.state == "suspended":
        provisioner().set_state(tenant, "open")
        audit.record(db.session, "tenant.resumed", _row(tenant_id))
        notice(_("The site is open again."))
    return go("operations.commune_file", tenant_id=tenant_id)


@blueprint.get("/communes/<uuid:tenant_id>/acces")
@allow(OPERATE)
def recovery(tenant_id: UUID) -> Response:
    """Ask what was seen before an access is given back."""
    return page("platform/operations/recovery.html", form=RecoveryForm(), tenant=_tenant(tenant_id))


@blueprint.post("/communes/<uuid:tenant_id>/acces")
@allow(OPERATE)
@limiter.limit("10 per hour")
def recover(tenant_id: UUID) -> Response:
    """Reset the factors of the administrator whose address the caller said; both sides keep the trace."""
    tenant = _tenant(tenant_id)
    form = RecoveryForm()

    def do() -> None:
        facts = {
            "operator": me().id,
            "others_cannot": form.others_cannot.data,
            "new_address": form.new_email.data or "",
        }
        handover.reset_access(tenant, str(form.email.data), form.proof.data, **facts)
        seen = {"proof": form.proof.data, "seen_on": form.seen_on.data}
        audit.record(db.session, "tenant.access_reset", _row(tenant_id), **seen)

    return submit(
        form,
        do,
        again=lambda: page("platform/operations/recovery.html", form=form, tenant=tenant),
        to=url_for("operations.commune_file", tenant_id=tenant_id),
        said=_("Access given back. The person and the town hall receive a message."),
    )


@blueprint.get("/travaux")
@allow(OPERATE)
def outbox() -> Response:
    """Work that failed, or is late."""
    late = db.session.scalars(queries.outbox_waiting().limit(50)).all()
    names = {tenant.schema: tenant.name for tenant in registry().all()}
    return page(
        "platform/operations/outbox.html",
        "rows",
        listing=paginate(queries.outbox_failures()),
        late=late,
        names=names,
        counts=queries.outbox_counts(db.session),
        error_class=queries.error_class,
    )


@blueprint.post("/travaux/<uuid:outbox_id>/reessayer")
@allow(OPERATE)
def retry(outbox_id: UUID) -> Response:
    """Try one piece of work again now."""
    if operations.retry_work(db.session, outbox_id):
        notice(_("It will be tried again in a moment."))
    else:
        notice(_("This work is done already."), "wait")
    return go("operations.outbox")


def _subscription(subscription_id: UUID) -> Subscription:
    row = queries.subscription(db.session, subscription_id)
    if row is None:
        abort(404)
    return row


def _subscription_page(row: Subscription, form: RefusalForm, status: int = 200) -> Response:
    official = communes().get(row.insee)
    matches = bool(official and official_email_matches(row.email, official))
    site = queries.site_of(row.insee)
    return page(
        "platform/operations/subscription.html",
        status=status,
        row=row,
        form=form,
        official=official,
        matches=matches,
        address=commune.site_address(site) if site else "",
        states=SUBSCRIPTION_STATES,
    )


def _row(tenant_id: UUID) -> TenantRow:
    row = db.session.get(TenantRow, tenant_id)
    if row is None or row.state == "deleted":
        abort(404)
    return row


def _tenant(tenant_id: UUID) -> Tenant:
    row = _row(tenant_id)
    tenant = registry().by_insee(row.insee)
    if tenant is None:
        abort(404)
    return tenant


def _commune_page(tenant: Tenant, form: SuspensionForm, status: int = 200) -> Response:
    return page(
        "platform/operations/commune.html",
        status=status,
        tenant=tenant,
        form=form,
        row=_row(tenant.id),
        address=commune.site_address(tenant),
        path=url_for("operations.recovery", tenant_id=tenant.id),
        states=COMMUNE_STATES,
    )
