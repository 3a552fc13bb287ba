"""What the apex has: its pages, its jobs, its tables beside the registry."""

from civique.platform.views import blueprint

APEX_BLUEPRINTS = (blueprint,)
