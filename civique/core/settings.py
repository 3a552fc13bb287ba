"""Typed settings of a commune: one dataclass a subject, one row each. An unknown or ill-typed key raises."""

from dataclasses import asdict, fields
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from civique.core.base import Base
from tenants.session import TenantSession


class Setting(Base):
    """Value of one settings class, as JSON."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]]


class SettingsClass(Protocol):
    """A frozen dataclass whose every field has a default, with the key of its row."""

    KEY: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


S = TypeVar("S", bound=SettingsClass)


def get(session: TenantSession, kind: type[S]) -> S:
    """Settings of one subject, defaults where nothing was said. One query loads all subjects, once a session.

    A key that the class no longer knows is ignored (it was written by an older release).
    """
    read: dict[type, Any] = session.info.setdefault("settings_read", {})
    if kind not in read:
        value = _all(session).get(kind.KEY, {})
        known = {field.name for field in fields(kind)}
        read[kind] = kind(**{name: _tuple(item) for name, item in value.items() if name in known})
    found: S = read[kind]
    return found


def put(session: TenantSession, settings: SettingsClass) -> None:
    """Save settings of one subject."""
    value = asdict(settings)
    query = insert(Setting).values(key=settings.KEY, value=value)
    session.execute(query.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
    session.info.pop("settings", None)
    session.info.pop("settings_read", None)
    session.info["changed"] = True


def change(session: TenantSession, kind: type[S], **values: Any) -> S:
    """Change some fields and keep the others.

    Raises:
        TypeError: a field that the class does not have.
    """
    current = {field.name: getattr(get(session, kind), field.name) for field in fields(kind)}
    changed = kind(**(current | values))
    put(session, changed)
    return changed


def _all(session: TenantSession) -> dict[str, dict[str, Any]]:
    if "settings" not in session.info:
        session.info["settings"] = {row.key: row.value for row in session.execute(select(Setting.key, Setting.value))}
    known: dict[str, dict[str, Any]] = session.info["settings"]
    return known


def _tuple(value: Any) -> Any:
    """JSON has lists where the frozen dataclasses have tuples."""
    return tuple(value) if isinstance(value, list) else value
