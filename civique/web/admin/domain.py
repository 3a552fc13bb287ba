"""A domain of the commune's own: the lines to copy into its DNS, then a check."""

from flask import Blueprint, current_app
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from civique.core import audit, settings
from civique.core.commune import OwnDomain
from civique.core.config import config
from civique.core.i18n import gettext as _
from civique.core.process import provisioner, registry
from civique.web.access import allow
from civique.web.admin.dns import HostRefused, addresses, normal_host, points_here
from civique.web.admin.settings_forms import DomainForm
from civique.web.pages import go, notice, page
from tenants.db import db
from tenants.session import current_tenant
from tenants.tenant import Tenant

blueprint = Blueprint("domain", __name__, url_prefix="/mairie/reglages/domaine")


def own_host(tenant: Tenant) -> str:
    """Subdomain of a commune, without port: what its domain must point to."""
    return f"{tenant.slug}.{config().base_domain}"


@blueprint.get("")
@allow("core.settings")
def show() -> Response:
    """The domain asked for, its DNS lines, its state."""
    return _page(DomainForm(data={"host": settings.get(db.session, OwnDomain).host}))


@blueprint.post("")
@allow("core.settings")
def ask() -> Response:
    """Ask for a domain; nothing answers there before its DNS points here."""
    form = DomainForm()
    if not form.validate():
        return _page(form, 422)
    try:
        host = _free(normal_host(form.host.data))
    except HostRefused as refusal:
        form.fail("host", _sentence(str(refusal)))
        return _page(form, 422)
    settings.change(db.session, OwnDomain, host=host)
    audit.record(db.session, "settings.domain_asked")
    notice(_("Copy the lines below to where your domain is managed, then check."))
    return go("domain.show")


@blueprint.post("/verifier")
@allow("core.settings")
def check() -> Response:
    """Look at the DNS; the site answers at the domain as soon as it points here."""
    tenant, host = current_tenant(), settings.get(db.session, OwnDomain).host
    if not host:
        return go("domain.show")
    resolve = current_app.config.get("RESOLVER", addresses)
    if not points_here(host, own_host(tenant), resolve):
        notice(
            _("%(host)s does not point here yet. A change can take a day to be seen: try again later.", host=host),
            "wait",
        )
        return go("domain.show")
    try:
        _free(host)
        provisioner().add_host(tenant, host, verified=True)
    except (HostRefused, IntegrityError):
        notice(_sentence("taken"), "stop")
        return go("domain.show")
    audit.record(db.session, "settings.domain_added")
    notice(_("It works: your site now answers at %(host)s.", host=host))
    return go("domain.show")


@blueprint.post("/retirer")
@allow("core.settings")
def remove() -> Response:
    """The site answers at its subdomain alone again."""
    tenant = current_tenant()
    for host in tenant.hosts:
        provisioner().remove_host(tenant, host)
    settings.change(db.session, OwnDomain, host="")
    audit.record(db.session, "settings.domain_removed")
    notice(_("The domain was removed. Your site stays at its first address."))
    return go("domain.show")


def _free(host: str) -> str:
    """The host itself, when nobody else has it.

    Raises:
        HostRefused: of the platform, or of another commune.
    """
    base = config().base_domain
    if host == base or host.endswith(f".{base}"):
        raise HostRefused("ours")
    holder = registry().by_host(host)
    if holder is not None and holder.id != current_tenant().id:
        raise HostRefused("taken")
    return host


def _sentence(reason: str) -> str:
    return {
        "ours": _("This domain belongs to the platform. Choose one of your commune."),
        "taken": _("This domain leads to another site already. Call us if it is yours."),
    }.get(reason, _("This is not a domain. Example: participer.commune.fr"))


def _page(form: DomainForm, status: int = 200) -> Response:
    asked, tenant = settings.get(db.session, OwnDomain).host, current_tenant()
    return page(
        "admin/settings/domain.html",
        status=status,
        form=form,
        asked=asked,
        target=own_host(tenant),
        works=asked in tenant.hosts,
        hosts=tenant.hosts,
        apex=asked.count(".") == 1,
        addresses=sorted(addresses(own_host(tenant))) if asked.count(".") == 1 else (),
    )
