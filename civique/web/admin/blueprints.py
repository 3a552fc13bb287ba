"""Every blueprint of this part, for the manifest of the core."""

from civique.web.admin.audit_trail import blueprint as audit_trail
from civique.web.admin.catalogue import blueprint as catalogue
from civique.web.admin.colleagues import blueprint as colleagues
from civique.web.admin.consents import blueprint as consents
from civique.web.admin.domain import blueprint as domain
from civique.web.admin.exports import blueprint as exports
from civique.web.admin.invitations import blueprint as invitations
from civique.web.admin.people import blueprint as people
from civique.web.admin.people_change import blueprint as people_change
from civique.web.admin.settings_views import blueprint as settings
from civique.web.admin.setup import blueprint as set_up
from civique.web.admin.territory import blueprint as territory

BLUEPRINTS = (
    set_up,
    settings,
    territory,
    invitations,
    catalogue,
    domain,
    consents,
    people_change,
    people,
    colleagues,
    audit_trail,
    exports,
)
