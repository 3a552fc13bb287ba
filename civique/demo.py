"""The demonstration: communes that look lived in. People and amounts are fictitious."""

from tenants.engines import Engines
from tenants.provision import Provisioner


def load(engines: Engines, provisioner: Provisioner) -> None:
    """Create the demonstration communes and fill them, module by module."""
    from civique.core.opening import open_commune

    for insee, modules_on in (("49307", ["fund"]), ("49002", list[str]())):
        open_commune(engines, provisioner, insee, modules=modules_on, demonstration=True)
