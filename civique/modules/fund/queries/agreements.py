"""What the agreement of a granted application tells of it."""

from sqlalchemy import select

from civique.core.agreements.declarations import Described
from civique.core.cases.models import MissingItem
from civique.core.cases.queries import may_follow
from civique.core.contributions.labels import things_in_words
from civique.core.documents.models import StoredFile
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date, money
from civique.core.people.models import Person
from civique.modules.fund import queries
from civique.modules.fund.models import WORKING, FundApplication
from tenants.session import TenantSession


def describe(_session: TenantSession, application: FundApplication) -> Described:
    """An application, as its agreement needs it."""
    applicant_duties, commune_duties = usual_duties(application)
    decision = application.decision
    return Described(
        heading=_("Agreement for a project of residents"),
        reference=_("Request %(reference)s", reference=application.reference),
        title=application.title,
        purpose=application.purpose,
        applicant_name=queries.whom(application),
        applicant=application.applicant,
        represented=application.organisation is not None,
        path=f"/fonds/demandes/{application.id}",
        desk_path=f"/mairie/fonds/demandes/{application.id}",
        amount_cents=application.granted_cents - application.returned_cents,
        paid_cents=application.paid_cents if application.state in WORKING else 0,
        starts_on=application.starts_on,
        ends_on=application.ends_on,
        act=decision.act if decision else "",
        applicant_duties=applicant_duties,
        commune_duties=commune_duties,
        reason=_("You receive this message because you asked the citizen initiative fund for help."),
    )


def usual_duties(application: FundApplication) -> tuple[list[str], list[str]]:
    """Duties of the applicant and of the commune to start from, made of what was asked and granted."""
    applicant = [_("Carry out the project as it was described.")]
    if application.ends_on:
        applicant[0] = _(
            "Carry out the project as it was described, before %(day)s.",
            day=long_date(application.ends_on, weekday=False),
        )
    commune = []
    if application.granted_cents:
        commune.append(_("Pay %(amount)s once both sides have signed.", amount=money(application.granted_cents)))
    for ask in application.asks:
        if ask.granted_quantity:
            given = things_in_words(ask.granted_quantity, ask.unit, ask.description)
            commune.append(
                _("Provide %(given)s (%(provider)s).", given=given, provider=ask.provider)
                if ask.provider
                else _("Provide %(given)s.", given=given)
            )
    applicant += [
        _("Keep the receipts for the purchases, and say afterwards what was spent."),
        _("Give back to the commune what was not spent."),
        _("Say that the commune helped, on posters and invitations."),
    ]
    if application.fund.preset == "fifty_fifty":
        applicant.insert(1, _("Look after what was made until the day said below."))
        commune.append(_("Bring the technical advice and the help agreed on during the work."))
    commune.append(_("Make the project known on the commune’s site."))
    return applicant, commune


def reads_file(session: TenantSession, file: StoredFile, person: Person) -> bool:
    """Whether a file is something that was missing in an application that this person may follow.

    Bank details and scans of signatures stay with the town hall and whoever sent them.
    """
    given = select(MissingItem.object_id).where(MissingItem.file_id == file.id)
    query = select(FundApplication).where(FundApplication.id.in_(given))
    return any(may_follow(session, application, person) for application in session.scalars(query))
