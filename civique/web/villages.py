"""The question « which village? » of forms, which only a commune with communes déléguées asks."""

from typing import Any

from civique.core.i18n import gettext as _
from civique.core.territory.queries import territories
from civique.web.forms import choices
from tenants.db import db


def offer_villages(form: Any) -> None:
    """Fill in the choices of ``territory_id`` with the communes déléguées, or remove the field where there are none."""
    villages = territories(db.session, "delegated")
    if villages:
        form.territory_id.choices = choices([(t.id, t.name) for t in villages], empty=_("The whole commune"))
    else:
        del form.territory_id
