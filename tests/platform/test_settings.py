"""The price list and the publisher, changed by an operator and shown to everybody."""

import io
import tarfile

import pytest

from tests.client import PageClient
from tests.fixtures import wsgi
from tests.platform.steps import platform

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture
def desk(services):
    """An operator's browser, with the settings as before at the end."""
    from civique.core import settings
    from civique.core.access.operations import open_session
    from civique.core.config import config
    from civique.platform.access.operations import add_operator
    from civique.platform.subscription.settings import Prices, Publisher

    client = PageClient(wsgi(), config().netloc)
    with platform() as session:
        person = add_operator(session, "Olga Pivert", "olga@civique.exemple.fr")
        token = open_session(session, person, strong=True)
    client.client.set_cookie("civique", token, domain=client.host.split(":")[0])
    yield client
    with platform() as session:
        settings.put(session, Prices())
        settings.put(session, Publisher())


def test_a_decided_price_list_is_no_example_any_more(desk):
    visitor = PageClient(wsgi(), desk.host)
    assert "exemple" in visitor.get("/tarifs").words
    page = desk.submit("/operations/reglages/tarifs", {"yearly-0": "99", "decided": "y"})
    assert page.status == 303
    words = visitor.get("/tarifs").words
    assert "99" in words
    assert "exemples" not in words


def test_a_price_that_is_none_is_refused(desk):
    page = desk.submit("/operations/reglages/tarifs", {"yearly-0": "gratuit"})
    assert page.status == 422
    assert "gratuit" in page.text


def test_the_publisher_is_on_the_legal_page(desk):
    desk.submit(
        "/operations/reglages/editeur", {"company": "Coopérative Civique", "sub_processors": "Hébergeur\n\n Autre "}
    )
    assert "Coopérative Civique" in PageClient(wsgi(), desk.host).get("/mentions-legales").words


def test_the_source_of_what_runs_can_be_downloaded(desk):
    visitor = PageClient(wsgi(), desk.host)
    answer = visitor.get("/code-source")
    with tarfile.open(fileobj=io.BytesIO(answer.response.data)) as archive:
        names = archive.getnames()
    assert {"civique/LICENSE", "civique/Makefile", "civique/civique/app.py", "civique/tenants/session.py"} <= set(names)
    assert not [name for name in names if "__pycache__" in name or "/var/" in name or name.startswith("civique/.")]
