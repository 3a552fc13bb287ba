"""What the apex has: its pages, its jobs, its tables beside the registry."""

from civique.core.i18n import _l
from civique.core.manifest import Manifest
from civique.platform.views import blueprint

APEX_BLUEPRINTS = (blueprint,)

MANIFEST = Manifest(name="platform", label=_l("Platform"))
