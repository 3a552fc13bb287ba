"""Codes by e-mail, sessions, second factors, roles and invitations of a commune. None of it leaves with an export but roles."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, one_of
from civique.core.people.models import Person

SCOPES = ("commune", "territory", "organisation", "module", "case")
FACTORS = ("password", "totp", "passkey", "recovery")


class SignInCode(Base):
    """A six-digit code sent to an address. Only its hash is kept; five wrong tries burn it. ``after_id`` is the code that the
    same browser asked before: messages arrive late, and whichever is typed works. ``browser`` is one in which this address came
    in before, or the person who is signed in; empty for any other."""

    __tablename__ = "sign_in_code"
    __table_args__ = (Index("ix_sign_in_code_address", "address", "created_at"), {"info": {"export": False}})
    shown_on_pages = False

    id: Mapped[Id]
    address: Mapped[str] = mapped_column(String(254))
    purpose: Mapped[str] = mapped_column(String(20), default="sign_in")
    after_id: Mapped[UUID | None]
    browser: Mapped[str] = mapped_column(String(36), default="")
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class WebSession(Base):
    """A signed-in browser. The cookie holds a random token, the row its hash: a stolen table opens nothing."""

    __tablename__ = "web_session"
    __table_args__ = (Index("ix_web_session_person_id", "person_id"), {"info": {"export": False}})
    shown_on_pages = False

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    created_at: Mapped[Created]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    strong_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(120), default="")
    acting_for_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    challenge: Mapped[bytes | None] = mapped_column(LargeBinary(64))

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")


class Credential(Base):
    """A password, an authenticator, a passkey or a recovery code. ``secret`` is a hash, or a key sealed with SECRET_KEY."""

    __tablename__ = "credential"
    __table_args__ = (
        CheckConstraint(one_of("kind", FACTORS), name="kind"),
        Index("ix_credential_person_id", "person_id"),
        {"info": {"export": False}},
    )
    shown_on_pages = False

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(80), default="")
    secret: Mapped[str] = mapped_column(String(2000))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[Created]
    confirmed_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class RoleGrant(Base):
    """A role held by a person for a scope and a time: secretary of the commune, élu of one commune déléguée…"""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(one_of("scope", SCOPES), name="scope"),
        CheckConstraint("(scope = 'commune') = (scope_id = '')", name="scope_id"),
        Index(
            "uq_role_grant_live",
            "person_id",
            "role",
            "scope",
            "scope_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(12), default="commune")
    scope_id: Mapped[str] = mapped_column(String(60), default="")
    ends_on: Mapped[date | None]
    created_at: Mapped[Created]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class Invitation(Base):
    """A colleague asked to join with some roles; the link works once, for two weeks, while who invites may give roles."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index("ix_invitation_token_hash", "token_hash", unique=True),
        {"info": {"export": False}},
    )
    shown_on_pages = False

    id: Mapped[Id]
    address: Mapped[str] = mapped_column(String(254))
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    roles: Mapped[list[str]]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    invited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
