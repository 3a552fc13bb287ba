"""What the environment tells the process. Read once; tests give their own environment before the first call."""

import json
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tenants.keys import KeyRing

ROOT = Path(__file__).parent.parent.parent
SERVERS = "servers.json"


class NotConfigured(ValueError):
    """A setting of the environment is missing or malformed; the sentence says which."""


@dataclass(frozen=True)
class Config:
    """Configuration of one deployment."""

    var: Path
    base_domain: str
    port: int
    scheme: str
    database_url: str
    redis_url: str
    smtp_url: str | None
    mail_from: str
    secret_key: str
    old_secret_keys: tuple[str, ...]
    tenant_keys: KeyRing
    extra_modules: tuple[str, ...]
    threads: int
    registry_seconds: float
    limits: bool
    lease_seconds: int

    @property
    def demonstration(self) -> bool:
        """True on ``*.localhost`` without SMTP: messages are files, personas can be played. Never in production."""
        return self.local and self.smtp_url is None

    @property
    def local(self) -> bool:
        """Whether the apex is this machine's own name."""
        return self.base_domain == "localhost" or self.base_domain.endswith(".localhost")

    @property
    def netloc(self) -> str:
        """Host of the apex with its port when it is not the usual one."""
        usual = {"http": 80, "https": 443}[self.scheme]
        return self.base_domain if self.port == usual else f"{self.base_domain}:{self.port}"

    @property
    def apex(self) -> str:
        """Address of the apex, without a slash at the end."""
        return f"{self.scheme}://{self.netloc}"

    def address(self, slug: str, hosts: tuple[str, ...] = ()) -> str:
        """Address of a commune's site: its own domain when it has one, its subdomain otherwise."""
        return f"{self.scheme}://{hosts[0]}" if hosts else f"{self.scheme}://{slug}.{self.netloc}"


@cache
def config() -> Config:
    """The process's configuration, from the environment.

    Raises:
        NotConfigured: a setting is missing or malformed.
    """
    env = os.environ
    base, _, port = env.get("BASE_DOMAIN", "civique.localhost").partition(":")
    local = base == "localhost" or base.endswith(".localhost")
    var = Path(env.get("CIVIQUE_VAR", ROOT / "var"))
    secret = env.get("SECRET_KEY") or (_kept(var / "secret-key") if local else "")
    if len(secret) < 32:
        raise NotConfigured("SECRET_KEY is missing or shorter than 32 characters")
    keys = env.get("TENANT_KEYS")
    if not keys and not local:
        raise NotConfigured("TENANT_KEYS is missing: at least « 1: » followed by 64 hexadecimal digits")
    servers = _servers(var) if local else {}
    return Config(
        var=var,
        base_domain=base.lower(),
        # In production PORT is where we listen behind the web server: it is in no address.
        port=_number("PORT", port or (env.get("PORT", "8000") if local else "443")),
        scheme="http" if local else "https",
        database_url=env.get("DATABASE_URL") or servers.get("DATABASE_URL", ""),
        redis_url=env.get("REDIS_URL") or servers.get("REDIS_URL", ""),
        smtp_url=env.get("SMTP_URL") or None,
        mail_from=env.get("MAIL_FROM", f"ne-pas-repondre@{base}"),
        secret_key=secret,
        old_secret_keys=tuple(env.get("OLD_SECRET_KEYS", "").split()),
        tenant_keys=_tenant_keys(keys) if keys else KeyRing.load_or_create(var / "tenant-keys"),
        extra_modules=tuple(env.get("CIVIQUE_EXTRA_MODULES", "").split()),
        threads=_number("THREADS", env.get("THREADS", "8")),
        registry_seconds=_number("REGISTRY_SECONDS", env.get("REGISTRY_SECONDS", "5")),
        lease_seconds=_number("LEASE_SECONDS", env.get("LEASE_SECONDS", "20")),
        limits=not (local and env.get("LIMITS") == "off"),
    )


def _number(name: str, text: str) -> int:
    if not text.isdecimal():
        raise NotConfigured(f"{name} is not a number: « {text} »")
    return int(text)


def _tenant_keys(text: str) -> KeyRing:
    try:
        return KeyRing.parse(text)
    except ValueError as error:
        raise NotConfigured(str(error)) from error


def _servers(var: Path) -> dict[str, str]:
    """Where the embedded servers of ``civique up`` answer, as it noted it: what a command in another terminal uses."""
    path = var / SERVERS
    found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return found


def _kept(path: Path) -> str:
    """A secret made at the first start of an embedded instance and kept beside its data."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()
