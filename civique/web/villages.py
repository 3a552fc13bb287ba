"""« Which village? », in a form or a list: only a commune with communes déléguées asks it."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any
from uuid import UUID

from wtforms import SelectField, validators
from wtforms.fields.choices import Choice

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.territory.queries import territories
from civique.web.desk_list import Filter
from civique.web.forms import choices, optional
from tenants.db import db


def territory_of(value: Any) -> UUID | None:
    """Identifier of a territory as the field keeps it; the empty choice is None.

    Raises:
        ValueError: it is no identifier.
    """
    return UUID(str(value)) if value else None


def village_filter(column: Any) -> Filter:
    """The filter of a list whose rows have a commune déléguée."""

    def villages() -> dict[str, str]:
        return {str(each.id): each.name for each in territories(db.session, "delegated")}

    return Filter("village", _l("Village"), villages, lambda code: column == UUID(code))


class TerritoryField(SelectField):
    """A choice among territories. The field is always in the form, so that whoever reads ``data`` gets None in a commune
    that has none to offer; it is false in a condition there, so that no page shows an empty list.

    Args:
        kind: which territories; all when it is None.
        empty: label of the first choice, which means none.
    """

    def __init__(self, label: Any = None, *, kind: str | None = None, empty: Any = None, **named: Any) -> None:
        super().__init__(label, [optional()], coerce=territory_of, choices=[], **named)
        self.kind, self.empty = kind, empty

    @cached_property
    def offered(self) -> list[tuple[str, str]]:
        """The territories of the commune, after the empty choice; nothing where there are none."""
        known = territories(db.session, self.kind)
        return choices([(t.id, t.name) for t in known], empty=str(self.empty)) if known else []

    def __bool__(self) -> bool:
        return bool(self.offered)

    def iter_choices(self) -> Iterator[Choice]:
        """What the list shows."""
        for value, label in self.offered:
            yield Choice(value, label, territory_of(value) == self.data, {})

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the choice; what is sent where nothing is offered is ignored."""
        super().process_formdata(valuelist if valuelist and self.offered else [])

    def pre_validate(self, form: Any) -> None:
        """One of those that are offered."""
        if self.data is not None and str(self.data) not in dict(self.offered):
            raise validators.ValidationError(self.gettext("Not a valid choice."))


class VillageField(TerritoryField):
    """A choice among the communes déléguées, or the whole commune."""

    def __init__(self, label: Any = None, **named: Any) -> None:
        super().__init__(label, kind="delegated", empty=_("The whole commune"), **named)
