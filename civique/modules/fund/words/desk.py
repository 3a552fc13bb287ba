"""Sentences that only the mairie reads: usual things missing, usual duties."""

from civique.core import i18n
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.modules.fund.models import FundRequest
from civique.services.identifiers import format_amount


def usually_missing(demand: FundRequest) -> list[str]:
    """What is often missing in a request: to be ticked rather than typed."""
    usual = [
        _("A quote, or the price of the main purchases"),
        _("What you or others bring: money, things or hours"),
        _("The dates and the place of the project"),
        _("The agreement of the owner of the place"),
        _("Bank details (RIB) of who is paid"),
    ]
    if demand.organisation is not None:
        usual += [
            _("The statutes and the receipt of the association"),
            _("The contrat d’engagement républicain, signed"),
        ]
    return usual


def usual_duties(demand: FundRequest) -> tuple[list[str], list[str]]:
    """Duties of the holder and of the commune to start from, made of what was asked and granted."""
    holder = [_("Carry out the project as it was described.")]
    if demand.ends_on:
        holder[0] = _(
            "Carry out the project as it was described, before %(day)s.", day=long_date(demand.ends_on, weekday=False)
        )
    commune = []
    if demand.granted_cents:
        commune.append(
            _(
                "Pay %(amount)s once both sides have signed.",
                amount=format_amount(demand.granted_cents, i18n.get_locale()),
            )
        )
    for ask in demand.asks:
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
    if demand.fund.preset == "fifty_fifty":
        holder.insert(1, _("Look after what was made until the day said below."))
        commune.append(_("Bring the technical advice and the help agreed on during the work."))
    commune.append(_("Make the project known on the commune’s site."))
    return holder, commune
