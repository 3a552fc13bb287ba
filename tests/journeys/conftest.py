"""What the journeys share."""

from datetime import timedelta

import pytest


@pytest.fixture
def leaving(services, request):
    """The commune that subscribed in a journey (the ``INSEE`` of its module) leaves at the end."""
    from civique.core.documents.operations import store
    from civique.core.process import provisioner, registry

    yield
    registry().forget()
    tenant = registry().by_insee(request.module.INSEE)
    if tenant is not None:
        provisioner().delete(tenant, forget_files=store().delete_space, rest=timedelta(0))
