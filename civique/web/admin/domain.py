"""A domain of the commune's own: the lines to copy into its DNS, then a check."""

from flask import Blueprint, current_app, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from civique.core import audit, settings
from civique.core.commune import OwnDomain, own_host
from civique.core.config import config
from civique.core.i18n import gettext as _
from civique.core.process import provisioner, registry
from civique.core.refused import Refused
from civique.services.dns import DnsFailed, Server
from civique.web.access import allow
from civique.web.admin import dns
from civique.web.admin.settings_forms import DomainForm
from civique.web.pages import go, notice, page
from civique.web.submit import attempt, submit
from tenants.db import db
from tenants.session import current_tenant
from tenants.tenant import Tenant

blueprint = Blueprint("domain", __name__, url_prefix="/mairie/reglages/domaine")


@blueprint.route("", methods=["GET", "POST"])
@allow("core.settings")
def show() -> Response:
    """The domain asked for, its DNS lines, its state. Ask for one: nothing answers there before its DNS points here."""
    form = DomainForm(data={"host": settings.get(db.session, OwnDomain).host})

    def do() -> None:
        settings.change(db.session, OwnDomain, host=_free(dns.normal_host(form.host.data)), looked_on="", missed=0)
        audit.record(db.session, "settings.domain_asked")

    return submit(
        form,
        do,
        again=lambda: _page(form),
        to=url_for("domain.show"),
        said=_("Copy the lines below to where your domain is managed, then check."),
    )


@blueprint.post("/verifier")
@allow("core.settings")
def check() -> Response:
    """Look at the DNS; the site answers at the domain as soon as it names this commune and points here."""
    tenant, host = current_tenant(), settings.get(db.session, OwnDomain).host
    if not host:
        return go("domain.show")
    missing = _missing(tenant, host)
    if missing:
        notice(missing, "wait")
        return go("domain.show")

    def do() -> None:
        settings.change(db.session, OwnDomain, looked_on="", missed=0)
        if host in tenant.hosts:  # it had strayed, and leads here again
            return
        try:
            provisioner().add_host(tenant, _free(host))
        except IntegrityError:
            raise _taken() from None
        audit.record(db.session, "settings.domain_added")

    said = _("It works: your site now answers at %(host)s.", host=host)
    return attempt(do, url_for("domain.show"), said)


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


def _missing(tenant: Tenant, host: str) -> str:
    """What the DNS of a domain does not say yet; nothing when all is there."""
    own, servers = own_host(tenant), _servers()
    try:
        if not dns.proven(host, own, tenant.slug, servers):
            return _(
                "Nothing in the DNS of %(host)s names your commune yet. A change can take a day to be seen: try again later.",
                host=host,
            )
        if not dns.points_here(host, own, servers):
            return _(
                "%(host)s does not point here yet. A change can take a day to be seen: try again later.", host=host
            )
    except DnsFailed:
        return _("The DNS of %(host)s does not answer at this moment. Try again in a few minutes.", host=host)
    return ""


def _servers() -> tuple[Server, ...]:
    """Resolvers to ask: those of the machine unless the configuration names others."""
    return tuple(current_app.config.get("DNS_SERVERS", ()))


def _our_addresses(tenant: Tenant) -> list[str]:
    try:
        return sorted(dns.addresses(own_host(tenant), _servers()))
    except DnsFailed:
        return []


def _free(host: str) -> str:
    """The host itself, when nobody else has it.

    Raises:
        Refused: of the platform, or of another commune.
    """
    base = config().base_domain
    if host == base or host.endswith(f".{base}"):
        raise Refused(_("This domain belongs to the platform. Choose one of your commune."), "host", rule="ours")
    holder = registry().by_host(host)
    if holder is not None and holder.id != current_tenant().id:
        raise _taken()
    return host


def _taken() -> Refused:
    return Refused(_("This domain leads to another site already. Call us if it is yours."), "host", rule="taken")


def _page(form: DomainForm) -> Response:
    domain, tenant = settings.get(db.session, OwnDomain), current_tenant()
    asked = domain.host
    works, bare = asked in tenant.hosts, dns.is_bare(asked)
    strayed = works and domain.strayed
    ours = _our_addresses(tenant) if bare and (strayed or not works) else []
    return page(
        "admin/settings/domain.html",
        form=form,
        asked=asked,
        target=own_host(tenant),
        works=works,
        strayed=strayed,
        bare=bare,
        lines=dns.lines(asked, own_host(tenant), tenant.slug, ours),
    )
