"""Menu of the back office for who manages the commune."""

from civique.core.i18n import _l
from civique.core.manifest import Link

ADMIN_LINKS = (
    Link(_l("People"), "people.listing", "users", "core.people"),
    Link(_l("Colleagues and roles"), "colleagues.listing", "key-round", "core.roles"),
    Link(_l("Audit trail"), "audit_trail.listing", "history", "core.audit"),
    Link(_l("Export everything"), "exports.export", "download", "core.export"),
    Link(_l("Settings"), "settings.home", "settings", "core.settings"),
)
