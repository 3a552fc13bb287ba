"""Taking hold of a household that is still known by name."""

from civique.core.cases.operations import lock
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.welcome.models import HouseholdState, WelcomeHousehold
from tenants.session import TenantSession


def lock_known(session: TenantSession, household: WelcomeHousehold) -> None:
    """Take a household for oneself until the end of the transaction, as the database has it now.

    Raises:
        Refused: ``anonymised``.
    """
    lock(session, household)
    if household.state == HouseholdState.ANONYMISED:
        raise Refused(_("This household is anonymised. Declare it again if it comes back."), rule="anonymised")
