"""The back office: « Espace mairie »."""

from civique.web.desk.work import blueprint as desk

BLUEPRINTS = (desk,)
