"""The requests of a person among their data."""

from civique.core import settings
from civique.core.cases.privacy import forget_old, personal_cases
from civique.core.i18n import _l
from civique.modules.welcome.settings import WelcomeSettings
from civique.modules.welcome.workflow import WORKFLOW
from tenants.session import TenantSession

LABEL, WORDS = _l("Your requests: new residents"), ("purpose",)


def kept_months(session: TenantSession) -> int:
    """How long a request that is over names who asked."""
    return settings.get(session, WelcomeSettings).kept_months


def forget(session: TenantSession) -> None:
    """Take the names out of what is over since long."""
    forget_old(session, WORKFLOW, WORDS, kept_months(session))


REQUESTS = personal_cases(WORKFLOW, "welcome_requests", LABEL, words=WORDS, months=kept_months)
