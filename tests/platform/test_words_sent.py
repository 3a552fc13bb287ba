"""What the platform writes: to who subscribes, to the operators, to who lost an access."""

import pytest

from civique.core.people.queries import get_person
from civique.platform.access import operations as handover
from civique.platform.access.operations import add_operator
from civique.platform.subscription import operations
from civique.platform.subscription.models import Subscription
from tests.platform.steps import SIRET, platform
from tests.snapshot import newest, pdf_words, same

pytestmark = pytest.mark.usefixtures("clean")
APPLICANT, OPERATOR = "agnes@exemple.fr", "olga@civique.exemple.fr"


def request(locale, state="to_check"):
    """A request of Allonnes in a state, from an address that does not name the commune."""
    with platform() as session:
        operator = add_operator(session, "Olga Pivert", OPERATOR)
        operator.locale = locale
        row = Subscription(
            insee="49002",
            commune_name="Allonnes",
            state=state,
            given_name="Agnès",
            family_name="Cormoran",
            function="Secrétaire",
            email=APPLICANT,
            phone="+33241000001",
            siret=SIRET,
            locale=locale,
            terms_version="2026-11",
            data_version="2026-11",
        )
        session.add(row)
        session.flush()
        return row.id


def confirm(locale):
    from civique.core.access.codes import make_code
    from civique.core.opening import communes

    row_id = request(locale, "started")
    with platform() as session:
        code, _digits = make_code(session, APPLICANT, "subscription")
        operations.confirm_subscription(session, session.get(Subscription, row_id), code, communes().get("49002"))


def refuse(locale):
    row_id = request(locale)
    with platform() as session:
        operator = add_operator(session, "Olga Pivert", OPERATOR)
        row = session.get(Subscription, row_id)
        operations.refuse_subscription(session, row, "La mairie n’a pas reconnu cette demande.", operator)


def taken(locale):
    row_id = request(locale)
    with platform() as session:
        operations.refuse_as_taken(session, session.get(Subscription, row_id))


def fail(locale):
    row_id = request(locale, "opening")
    with platform() as session:
        operations.note_failure(session, session.get(Subscription, row_id), "broken")


# What makes each message, and who receives it.
CASES = {
    "platform.to_check": (confirm, APPLICANT),
    "platform.operators--to_check": (confirm, OPERATOR),
    "platform.operators--failed": (fail, OPERATOR),
    "platform.refused": (refuse, APPLICANT),
    "platform.taken--opening": (taken, APPLICANT),
}


@pytest.mark.parametrize("case", CASES)
def test_words(case, locale, at_the_moment, agreed):
    write, address = CASES[case]
    write(locale)
    kind, _sep, variant = case.partition("--")
    agreed(platform(), kind, variant=variant, to=address)


def test_who_comes_second_reads_the_address(neighbour, locale, at_the_moment, agreed):
    taken(locale)
    agreed(platform(), "platform.taken", to=APPLICANT)


def test_the_site_is_open(neighbour, locale, at_the_moment, agreed):
    row_id = request(locale, "opening")
    with platform() as session:
        operations.note_open(session, session.get(Subscription, row_id), neighbour.tenant.schema)
    agreed(platform(), "platform.open", to=APPLICANT)


@pytest.mark.parametrize("whom", ["administrator", "mairie"])
def test_an_access_was_given_back(whom, scene, agreed):
    from uuid import uuid4

    from civique.core.access.operations import grant_role

    with scene.commune.session() as session:
        grant_role(session, get_person(session, scene.reader.id), "administrator")
    handover.reset_access(
        scene.commune.tenant, "nadia.habitante@exemple.fr", "letter", operator=uuid4(), others_cannot=False
    )
    if whom == "administrator":
        agreed(scene.commune.session(), "platform.recovered", to="nadia.habitante@exemple.fr")
    else:
        to = "mairie@loire-authion.exemple.fr"
        agreed(scene.commune.session(), "platform.recovered", variant="mairie", to=to, language="fr")


def test_operators_read_no_personal_data(at_the_moment):
    for write in (confirm, fail):
        write("fr")
        with platform() as session:
            assert "Cormoran" not in str(newest(session, "platform.operators", OPERATOR).content)
            session.rollback()


@pytest.mark.parametrize("kind", ["terms", "data"])
def test_the_contracts_to_sign(kind, locale):
    from civique.core.i18n import speaking
    from civique.platform.subscription.documents import contract, contract_pdf

    with speaking(locale):
        same(f"pdf/contract_pdf--{kind}.{locale}", pdf_words(contract_pdf(contract(kind))))
