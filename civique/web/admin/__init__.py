"""The back office of who runs the site: set-up, people, roles, modules, audit, exports."""

BLUEPRINTS = ()
