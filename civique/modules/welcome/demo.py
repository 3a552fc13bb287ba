"""Demonstration."""

from civique.core.demonstration import World
from tenants.session import TenantSession


def demo(session: TenantSession, world: World) -> None:
    """Fill the commune."""
