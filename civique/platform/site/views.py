"""Public pages of the apex: home, prices, modules, help, legal texts, contracts."""

from typing import Any

from flask import Blueprint, abort, current_app, request, send_file
from werkzeug.wrappers import Response

from civique.core import settings
from civique.core.config import ROOT, config
from civique.core.process import registry
from civique.core.registry import modules
from civique.platform.subscription.documents import Contract, contract, contract_pdf, versions
from civique.platform.subscription.settings import TIERS, Prices, Publisher, tier_label
from civique.services.source import source_archive
from civique.web.access import PUBLIC, allow
from civique.web.application import limiter
from civique.web.pages import page
from tenants.db import db

blueprint = Blueprint("site", __name__)
PATHS = {"terms": "/conditions", "data": "/contrat-donnees"}


@blueprint.get("/")
@allow(PUBLIC)
def home() -> Response:
    """What a small mairie gets; the search of its commune is the main thing to do."""
    examples = [tenant for tenant in registry().all("open") if tenant.demonstration]
    # The richest demonstration: the one with most modules, then the eldest.
    example = max(examples, key=lambda tenant: (len(tenant.modules), -tenant.id.int), default=None)
    prices = settings.get(db.session, Prices)
    return page("platform/home.html", example=example, lowest=min(prices.yearly), decided=prices.decided, q="")


@blueprint.get("/tarifs")
@allow(PUBLIC)
def prices() -> Response:
    """Prices by population."""
    known = settings.get(db.session, Prices)
    rows = [(tier_label(*tier), cents) for tier, cents in zip(TIERS, known.yearly, strict=True)]
    return page("platform/prices.html", rows=rows, decided=known.decided)


@blueprint.get("/modules")
@allow(PUBLIC)
def module_list() -> Response:
    """What exists today: the common base, then the modules of this release."""
    return page("platform/modules.html", modules=modules().optional)


@blueprint.get("/aide")
@allow(PUBLIC)
def help_page() -> Response:
    """Questions that mairies ask."""
    return page("platform/help.html", publisher=settings.get(db.session, Publisher))


@blueprint.get("/mentions-legales")
@allow(PUBLIC)
def legal() -> Response:
    """Who publishes and hosts."""
    return page("platform/legal.html", publisher=settings.get(db.session, Publisher))


@blueprint.get("/code-source")
@allow(PUBLIC)
@limiter.limit("10 per hour")
def source() -> Response:
    """The source of what runs here (AGPL-3.0, section 13)."""
    path = source_archive(ROOT, config().var / "source")
    return send_file(path, mimetype="application/gzip", as_attachment=True, download_name="civique.tar.gz")


@blueprint.get("/accessibilite")
@allow(PUBLIC)
def accessibility() -> Response:
    """Declaration of accessibility."""
    return page("platform/accessibility.html", publisher=settings.get(db.session, Publisher))


@blueprint.get("/donnees-personnelles")
@allow(PUBLIC)
def personal_data() -> Response:
    """What the platform itself keeps, and of whom."""
    return page("platform/personal_data.html", publisher=settings.get(db.session, Publisher))


@blueprint.get("/conditions")
@allow(PUBLIC)
def terms() -> Response:
    """Terms of subscription."""
    return _contract_page(_asked("terms"))


@blueprint.get("/contrat-donnees")
@allow(PUBLIC)
def data_contract() -> Response:
    """Data processing contract (art. 28 RGPD)."""
    return _contract_page(_asked("data"))


@blueprint.get("/conditions.pdf")
@allow(PUBLIC)
def terms_pdf() -> Response:
    """The terms to print."""
    return _contract_file(_asked("terms"), "conditions")


@blueprint.get("/contrat-donnees.pdf")
@allow(PUBLIC)
def data_contract_pdf() -> Response:
    """The data processing contract to print and sign."""
    return _contract_file(_asked("data"), "contrat-donnees")


def _asked(kind: str) -> Contract:
    found = contract(kind, request.args.get("version"))
    if found is None:
        abort(404)
    return found


def _contract_page(text: Contract) -> Response:
    context: dict[str, Any] = {"contract": text, "path": PATHS[text.kind], "versions": versions(text.kind)}
    return page("platform/contract.html", **context)


def _contract_file(text: Contract, name: str) -> Response:
    response = current_app.response_class(contract_pdf(text), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="civique-{name}-{text.version}-{text.locale}.pdf"'
    return response
