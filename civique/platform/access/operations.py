"""What the apex does about accesses: inside a commune, in its own session (hand over, reset, play a persona); its operators."""

from uuid import UUID

from civique.core import audit, clock, commune, settings
from civique.core.access import codes
from civique.core.access import operations as access
from civique.core.access.operations import grant_role
from civique.core.i18n import gettext as _
from civique.core.people import operations as people
from civique.core.people.models import Person
from civique.core.people.queries import folded_name, get_person, people_at
from civique.core.process import engines
from civique.core.refused import Refused
from civique.platform.subscription import messages
from civique.platform.subscription.queries import administrator_at
from tenants.session import TenantSession, session_for
from tenants.tenant import Tenant

ENTER = "/connexion/premiere-fois/"


def lead_in(tenant: Tenant, address: str) -> str | None:
    """Address that signs in, once, the administrator who has this e-mail; None when there is none (any more)."""
    with session_for(engines(), tenant) as session:
        person, _count = administrator_at(session, address)
        if person is None:
            return None
        token = codes.make_hand_over(session, person)
        session.commit()
    return f"{commune.site_address(tenant)}{ENTER}{token}"


def play(tenant: Tenant, person_id: UUID) -> str | None:
    """Address that signs in as somebody of a demonstration commune."""
    with session_for(engines(), tenant) as session:
        person = get_person(session, person_id)
        if person is None or not tenant.demonstration:
            return None
        token = codes.make_hand_over(session, person)
        session.commit()
    return f"{commune.site_address(tenant)}{ENTER}{token}"


def reset_access(
    tenant: Tenant, address: str, proof: str, *, operator: UUID | None, others_cannot: bool, new_address: str = ""
) -> None:
    """Give back the access of an administrator who lost everything: factors and sessions go, the person and the mairie
    are told, the commune's audit says on which proof.

    Args:
        address: the one that the caller says, at which they administer the site.
        proof: one of ``PROOFS``.
        operator: who saw the proof; None from the command line.
        new_address: takes the place of the former ones, when that mailbox is gone; they are told too.

    Raises:
        Refused: nobody with this address administers the commune; or another administrator exists and the operator did not say that they cannot help.
    """
    with session_for(engines(), tenant) as session:
        person, count = administrator_at(session, address)
        if person is None:
            sentence = _("Nobody with this address administers this site. Ask the caller to say it again.")
            raise Refused(sentence, "email", rule="not_administrator")
        if count > 1 and not others_cannot:
            raise Refused(
                _("This site has %(count)s administrators: another one can help. Tick only if none can.", count=count),
                "others_cannot",
                rule="others_can_help",
            )
        former = [email.address for email in person.emails if new_address]
        if new_address:
            people.replace_address(session, person, new_address)
            person.channel = "email"
        access.reset_factors(session, person, proof)
        audit.record(session, "access.reset_by_operator", person, proof=proof, operator=operator)
        messages.tell_recovered(session, person, [settings.get(session, commune.Contact).email, *former])
        session.commit()


def add_operator(session: TenantSession, name: str, address: str) -> Person:
    """Give somebody the role of operator; somebody who has it keeps it. Their address is taken for confirmed."""
    given, _, family = name.strip().rpartition(" ")
    known = [person for person in people_at(session, address) if person.folded == folded_name(given, family)]
    person = known[0] if known else people.register_person(session, given, family)
    person.channel = "email"
    people.add_address(session, person, address, confirmed_at=clock.now())
    grant_role(session, person, "operator")
    return person
