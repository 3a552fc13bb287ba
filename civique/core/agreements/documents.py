"""The agreement as an accessible PDF of one page, to print and sign."""

import io

from civique.core import commune, i18n, settings
from civique.core.agreements.declarations import Described
from civique.core.agreements.messages import page_of
from civique.core.agreements.models import Agreement, Signature
from civique.core.agreements.subjects import describe
from civique.core.commune import Contact
from civique.core.config import ROOT
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date, money
from civique.services.pdf import render_pdf
from tenants.session import TenantSession

TEMPLATE = ROOT / "templates" / "_paper" / "agreement.typ"


def agreement_pdf(session: TenantSession, agreement: Agreement) -> bytes:
    """The agreement: what it is about, what each side undertakes, money, dates, boxes to sign.

    The QR code leads the applicant to its page; it holds no secret.
    """
    address = f"{commune.site_address(session.tenant)}{page_of(agreement)}"
    described = describe(session, agreement)
    contact = settings.get(session, Contact)
    return render_pdf(
        TEMPLATE,
        {
            "lang": i18n.get_locale(),
            "title": described.heading if described else _("Agreement"),
            "reference": _(
                "Agreement %(reference)s, version %(version)s",
                reference=agreement.reference,
                version=agreement.version,
            ),
            "request": described.reference if described else "",
            "project": agreement.title,
            "between": [
                [_("The commune"), agreement.commune_name, [*contact.postal_lines]],
                [_("The applicant"), agreement.applicant_name, _applicant_lines(described)],
            ],
            "purpose_label": _("The project"),
            "purpose": _short(agreement.purpose),
            "facts": [[label + _(": "), value] for label, value in _facts(agreement)],
            "duties": [
                [_("What the applicant undertakes"), [duty.text for duty in agreement.duties_of("applicant")]],
                [_("What the commune undertakes"), [duty.text for duty in agreement.duties_of("commune")]],
            ],
            "end": _(
                "If one side does not keep its word, the other writes to it. Without an answer within a month, the agreement may be ended; what was paid and not spent comes back to the commune."
            ),
            "signatures": [
                _signature(_("For the applicant"), agreement.signature_of("applicant")),
                _signature(_("For the commune"), agreement.signature_of("commune")),
            ],
            "hint": _("Name, capacity, date, signature"),
            "qr": _qr(address),
            "qr_alt": _("QR code of the page of this agreement: %(address)s", address=address),
            "qr_text": _("Read this agreement on the site"),
            "author": agreement.commune_name,
        },
    )


def _facts(agreement: Agreement) -> list[list[str]]:
    facts = []
    if agreement.amount_cents:
        facts.append([_("Amount granted"), money(agreement.amount_cents)])
    if agreement.act:
        facts.append([_("Act"), agreement.act])
    if agreement.starts_on:
        facts.append([_("First day of the project"), long_date(agreement.starts_on, weekday=False)])
    if agreement.ends_on:
        facts.append([_("Last day of the project"), long_date(agreement.ends_on, weekday=False)])
    if agreement.upkeep_until:
        facts.append([_("Looked after until"), long_date(agreement.upkeep_until, weekday=False)])
    return facts


def _applicant_lines(described: Described | None) -> list[str]:
    """Who signs for an association or a collective."""
    if described is not None and described.represented and described.applicant is not None:
        return [_("represented by %(name)s", name=described.applicant.name)]
    return []


def _signature(label: str, signature: Signature | None) -> list[str]:
    if signature is None:
        return [label, ""]
    means = _("on paper") if signature.means == "paper" else _("with a code received by e-mail")
    name = f"{signature.name}, {signature.function}" if signature.function else signature.name
    return [
        label,
        _(
            "Signed by %(name)s on %(day)s, %(means)s.",
            name=name,
            day=long_date(signature.signed_on, weekday=False),
            means=means,
        ),
    ]


def _short(text: str) -> str:
    """The purpose fits on the page; the whole text stays with the request."""
    text = " ".join(text.split())
    return text if len(text) <= 600 else text[:600].rsplit(" ", 1)[0] + " …"


def _qr(address: str) -> str:
    import segno

    buffer = io.BytesIO()
    segno.make(address, micro=False, error="m").save(buffer, kind="svg", border=0, xmldecl=False)
    return buffer.getvalue().decode()
