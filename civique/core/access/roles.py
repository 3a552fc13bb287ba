"""Ready-made roles. Each permission says in its manifest which of them have it."""

from dataclasses import dataclass
from typing import Any

from civique.core.i18n import _l


@dataclass(frozen=True)
class Role:
    """A bundle of permissions with the words of a town hall. Staff roles need a second factor."""

    code: str
    label: Any
    summary: Any
    staff: bool = True


ROLES = {
    role.code: role
    for role in (
        Role("administrator", _l("Administrator"), _l("Does everything: settings, modules, people, roles.")),
        Role("secretary", _l("Town-hall secretary"), _l("Runs the site day to day: requests, people, news, agenda.")),
        Role("counter", _l("Front desk"), _l("Enters requests for residents who come, write or call.")),
        Role("examiner", _l("Examiner"), _l("Examines the files of the modules entrusted to them.")),
        Role("elected", _l("Elected member"), _l("Reads files, decides where the rules say so.")),
        Role("treasurer", _l("Treasurer"), _l("Follows grants and payments.")),
        Role("moderator", _l("Moderator"), _l("Publishes or refuses what residents write.")),
        Role("facilitator", _l("Facilitator"), _l("Leads councils, workshops and meetings.")),
    )
}
PLATFORM_ROLES = {"operator": Role("operator", _l("Operator"), _l("Approves subscriptions, helps communes."))}
