"""Menu of the back office for who manages the commune."""

from civique.core.i18n import _l
from civique.core.manifest import Link

ADMIN_LINKS = (
    Link(_l("Settings"), "settings.home", "settings", "core.settings", group="settings"),
    Link(_l("Colleagues and roles"), "colleagues.listing", "key-round", "core.roles", group="settings"),
    Link(_l("Audit trail"), "audit_trail.listing", "history", "core.audit", group="settings"),
    Link(_l("Export everything"), "exports.export", "download", "core.export", group="settings"),
)
