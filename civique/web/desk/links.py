"""Menu of the back office that the core brings; modules add theirs."""

from civique.core.i18n import _l
from civique.core.manifest import Link

DESK_LINKS = (Link(_l("To do today"), "desk.work", "list-checks", "core.work"),)
COUNTER_LINKS: tuple[Link, ...] = ()
