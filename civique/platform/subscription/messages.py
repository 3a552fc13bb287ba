"""Messages of the platform: to who subscribes, and to the operators."""

from collections.abc import Iterable, Sequence

from civique.core import commune
from civique.core.config import config
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to, write_to_address
from civique.core.opening import communes
from civique.core.people.models import Person
from civique.platform.subscription.models import Subscription
from civique.services.communes import de
from tenants.session import TenantSession
from tenants.tenant import Tenant


def follow_path(subscription: Subscription) -> str:
    """Page that shows where a request is."""
    return f"/souscrire/suivi/{subscription.id}"


def with_de(subscription: Subscription) -> str:
    """« de Blou », « d’Allonnes », « du Mans »: how French names the site of the commune."""
    official = communes().get(subscription.insee)
    return de(official) if official else subscription.commune_name


def _reason(subscription: Subscription) -> str:
    return _(
        "You receive this message because you asked for the site of %(commune)s at Civique.",
        commune=subscription.commune_name,
        de_commune=with_de(subscription),
    )


def tell_to_check(session: TenantSession, subscription: Subscription) -> None:
    """The request is received; a person looks at it."""
    write_to_address(
        session,
        subscription.email,
        "platform.to_check",
        lambda: Content(
            subject=_("Your request for %(commune)s is received", commune=subscription.commune_name),
            paragraphs=(
                _(
                    "Thank you. Your e-mail address does not show the name of the commune, so a person of our team checks that "
                    "the request comes from the town hall. It takes at most one working day."
                ),
                _("You have nothing to do. We may call the town hall at its public number."),
            ),
            action=(_("Follow my request"), follow_path(subscription)),
            reason=_reason(subscription),
        ),
        locale=subscription.locale,
        about=subscription,
    )


def tell_operators(session: TenantSession, subscription: Subscription, operators: Iterable[Person]) -> None:
    """An operator is expected: a request to check, or an opening that failed for good."""
    failed = subscription.state == "failed"
    for operator in operators:
        write_to(
            session,
            operator,
            "platform.operators",
            lambda: Content(
                subject=(
                    _("Opening failed: %(commune)s", commune=subscription.commune_name)
                    if failed
                    else _("To check: %(commune)s", commune=subscription.commune_name)
                ),
                paragraphs=(
                    _("The site could not be opened, and trying again will not help.")
                    if failed
                    else _("A subscription waits for your check; the applicant was promised one working day."),
                ),
                action=(_("Open the request"), f"/operations/demandes/{subscription.id}"),
                reason=_("You receive this message because you are an operator of Civique."),
            ),
            about=subscription,
        )


def tell_refused(session: TenantSession, subscription: Subscription) -> None:
    """An operator refused, with a sentence."""
    reason = subscription.reason or ""
    write_to_address(
        session,
        subscription.email,
        "platform.refused",
        lambda: Content(
            subject=_("Your request for %(commune)s was not accepted", commune=subscription.commune_name),
            paragraphs=(
                _("We could not open the site. Here is why:"),
                reason,
                _("You can ask again, for instance from the e-mail address of the town hall."),
            ),
            action=(_("Ask again"), f"/souscrire/{subscription.insee}"),
            reason=_reason(subscription),
        ),
        locale=subscription.locale,
        about=subscription,
    )


def tell_taken(session: TenantSession, subscription: Subscription, tenant: Tenant | None) -> None:
    """Somebody else of the commune came first."""
    write_to_address(
        session,
        subscription.email,
        "platform.taken",
        lambda: Content(
            subject=_("%(commune)s already has its site", commune=subscription.commune_name),
            paragraphs=(
                _(
                    "Somebody else of your commune asked for its site before you. A commune has only one: "
                    "ask your town hall to invite you as a colleague."
                ),
            ),
            lines=((_("Address of the site"), commune.site_address(tenant)),) if tenant else (),
            reason=_reason(subscription),
        ),
        locale=subscription.locale,
        about=subscription,
    )


def tell_open(session: TenantSession, subscription: Subscription) -> None:
    """The site is open: its address, how to come in."""
    tenant_address = _site_of(subscription)
    write_to_address(
        session,
        subscription.email,
        "platform.open",
        lambda: Content(
            subject=_(
                "The site of %(commune)s is open", commune=subscription.commune_name, de_commune=with_de(subscription)
            ),
            paragraphs=(
                _("Hello %(name)s, your site is ready and you are the one who runs it.", name=subscription.given_name),
                _(
                    "Come in with your e-mail address: we send you a code. The site then leads you through its set-up, "
                    "step by step."
                ),
                _("The trial lasts 60 days. Nothing is billed and nothing closes by itself."),
            ),
            lines=((_("Address of the site"), tenant_address), (_("To come in"), subscription.email)),
            action=(_("Come in"), f"{follow_path(subscription)}/entrer"),
            reason=_reason(subscription),
        ),
        locale=subscription.locale,
        about=subscription,
    )


def _site_of(subscription: Subscription) -> str:
    from civique.core.process import registry

    tenant = registry().by_schema(subscription.tenant_schema or "")
    return commune.site_address(tenant) if tenant else config().apex


def tell_recovered(session: TenantSession, person: Person, others: Sequence[str | None]) -> None:
    """In a commune: an operator reset the sign-in of its administrator; the person is told, and the mairie and the
    addresses that the person had before."""

    def words() -> Content:
        return Content(
            subject=_("The administrator’s access was reset"),
            paragraphs=(
                _(
                    "At the request of the town hall, the team of Civique removed the second check of the administrator’s "
                    "account and signed it out everywhere."
                ),
                _(
                    "To come in again, give your e-mail address, type the code that you receive, then set up a new second check."
                ),
                _(
                    "If nobody at the town hall asked for this, warn Civique at once: %(address)s",
                    address=f"{config().apex}/aide",
                ),
            ),
            action=(_("Sign in"), "/connexion"),
            reason=_("You receive this message because it concerns the safety of your site."),
        )

    write_to(session, person, "platform.recovered", words)
    own = {email.address for email in person.emails}
    for address in dict.fromkeys(other for other in others if other and other not in own):
        write_to_address(session, address, "platform.recovered", words)
