"""Typed settings of a commune: one dataclass a subject, one row each. An unknown or ill-typed key raises."""

from dataclasses import asdict, field, fields
from functools import lru_cache
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from civique.core.base import Base
from tenants.session import TenantSession


class Setting(Base):
    """Value of one settings class, as JSON; ``revision`` counts its changes."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(server_default="1")


class SettingsClass(Protocol):
    """A frozen dataclass whose every field has a default, with the key of its row."""

    KEY: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


S = TypeVar("S", bound=SettingsClass)


def setting(
    default: Any,
    label: Any,
    *,
    hint: Any = "",
    least: int | None = None,
    most: int | None = None,
    kind: str = "",
) -> Any:
    """A field of a settings class that the commune may change on its page.

    Args:
        label: as the page asks it; ``hint`` helps, or makes the help from the session.
        least, most: bounds of a number; ``most`` characters of a text, or lines of a list.
        kind: of its field when the type does not say it: ``siret``.
    """
    return field(default=default, metadata={"label": label, "hint": hint, "least": least, "most": most, "kind": kind})


def get(session: TenantSession, kind: type[S]) -> S:
    """Settings of one subject, defaults where nothing was said. One query loads all subjects, once a session; none when they
    are known already (:func:`unchanged_since`).

    A key that the class no longer knows is ignored (it was written by an older release).
    """
    read: dict[type, Any] = session.info.setdefault("settings_read", {})
    if kind not in read:
        value, _revision = _all(session).get(kind.KEY, ({}, 0))
        known = {field.name for field in fields(kind)}
        read[kind] = kind(**{name: _tuple(item) for name, item in value.items() if name in known})
    found: S = read[kind]
    return found


def unchanged_since(session: TenantSession, count: int) -> None:
    """Say how many changes the commune counted (:mod:`tenants.changes`) before this session read anything: settings that
    another session read after the same count are taken from there, and what this one reads is kept for the next."""
    session.info["settings_read"], session.info["settings"] = _known_at(session.tenant.schema, count)


@lru_cache(maxsize=300)
def _known_at(schema: str, count: int) -> tuple[dict[type, Any], dict[str, tuple[dict[str, Any], int]]]:
    """Settings of a commune after so many changes, by class and by key: empty until somebody reads them. Who changes them
    drops them from the session and lets these be (:func:`put`)."""
    return {}, {}


def revision(session: TenantSession, kind: type[SettingsClass]) -> int:
    """How many times settings of this subject were saved: the form carries it, see :func:`put`."""
    return _all(session).get(kind.KEY, ({}, 0))[1]


def put(session: TenantSession, settings: SettingsClass, *, revision: int | None = None) -> None:
    """Save settings of one subject.

    Args:
        revision: the one that the form was opened with; None when nobody edits (a step done, a flag).

    Raises:
        StaleDataError: a colleague saved in the meantime; nothing was overwritten.
    """
    value = asdict(settings)
    query = (
        insert(Setting)
        .values(key=settings.KEY, value=value)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={"value": value, "revision": Setting.revision + 1},
            where=None if revision is None else Setting.revision == revision,
        )
    )
    if session.execute(query.returning(Setting.key)).first() is None:
        raise StaleDataError(settings.KEY)
    session.info.pop("settings", None)
    session.info.pop("settings_read", None)
    session.info["changed"] = True


def change(session: TenantSession, kind: type[S], *, revision: int | None = None, **values: Any) -> S:
    """Change some fields and keep the others.

    Raises:
        TypeError: a field that the class does not have. StaleDataError: as :func:`put`.
    """
    current = {field.name: getattr(get(session, kind), field.name) for field in fields(kind)}
    changed = kind(**(current | values))
    put(session, changed, revision=revision)
    return changed


def _all(session: TenantSession) -> dict[str, tuple[dict[str, Any], int]]:
    known: dict[str, tuple[dict[str, Any], int]] = session.info.setdefault("settings", {})
    if not known:
        known |= {row.key: (row.value, row.revision) for row in session.execute(_EVERY)}
    return known


_EVERY = select(Setting.key, Setting.value, Setting.revision)


def _tuple(value: Any) -> Any:
    """JSON has lists where the frozen dataclasses have tuples."""
    return tuple(value) if isinstance(value, list) else value
