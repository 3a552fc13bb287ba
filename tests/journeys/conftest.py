"""The browser as somebody signed in."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def sign_in(live: str) -> Callable[..., None]:
    """Puts the session cookie of a person in a page's browser."""

    def enter(page: Any, commune: Any, person: Any) -> None:
        client = commune.client(person)
        token = client.client.get_cookie("civique", domain=commune.host.split(":")[0]).value
        page.context.add_cookies([{"name": "civique", "value": token, "url": f"http://{commune.tenant.slug}.{live}/"}])

    return enter
