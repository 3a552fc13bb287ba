"""What the agreement of a granted request tells of it."""

from civique.core import i18n
from civique.core.agreements.declarations import Described
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.modules.fund import queries
from civique.modules.fund.models import WORKING, FundRequest
from civique.services.identifiers import format_amount
from tenants.session import TenantSession


def describe(_session: TenantSession, request: FundRequest) -> Described:
    """A request, as its agreement needs it."""
    holder_duties, commune_duties = usual_duties(request)
    decision = request.decision
    return Described(
        heading=_("Agreement for a project of residents"),
        reference=_("Request %(reference)s", reference=request.reference),
        title=request.title,
        purpose=request.purpose,
        holder_name=queries.whom(request),
        holder=request.holder,
        represented=request.organisation is not None,
        path=f"/fonds/demandes/{request.id}",
        desk_path=f"/mairie/fonds/demandes/{request.id}",
        amount_cents=request.granted_cents - request.returned_cents,
        paid_cents=request.paid_cents if request.state in WORKING else 0,
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        act=decision.act if decision else "",
        holder_duties=holder_duties,
        commune_duties=commune_duties,
        reason=_("You receive this message because you asked the citizen initiative fund for help."),
    )


def usual_duties(request: FundRequest) -> tuple[list[str], list[str]]:
    """Duties of the holder and of the commune to start from, made of what was asked and granted."""
    holder = [_("Carry out the project as it was described.")]
    if request.ends_on:
        holder[0] = _(
            "Carry out the project as it was described, before %(day)s.", day=long_date(request.ends_on, weekday=False)
        )
    commune = []
    if request.granted_cents:
        commune.append(
            _(
                "Pay %(amount)s once both sides have signed.",
                amount=format_amount(request.granted_cents, i18n.get_locale()),
            )
        )
    for ask in request.asks:
        if ask.granted_quantity:
            given = " ".join(f"{i18n.number(float(ask.granted_quantity))} {ask.unit} {ask.description}".split())
            commune.append(
                _("Provide %(given)s (%(provider)s).", given=given, provider=ask.provider)
                if ask.provider
                else _("Provide %(given)s.", given=given)
            )
    holder += [
        _("Keep the receipts for the purchases, and say afterwards what was spent."),
        _("Give back to the commune what was not spent."),
        _("Say that the commune helped, on posters and invitations."),
    ]
    if request.fund.preset == "fifty_fifty":
        holder.insert(1, _("Look after what was made until the day said below."))
        commune.append(_("Bring the technical advice and the help agreed on during the work."))
    commune.append(_("Make the project known on the commune’s site."))
    return holder, commune
