"""A paper form typed at the counter, by the keyboard alone: few keys beside the words themselves."""

from civique.core.organisations.models import Organisation
from civique.core.organisations.operations import add_organisation, name_representative, validate_organisation
from civique.core.people.queries import get_person
from civique.modules.fund.models import FundApplication
from tests.fixtures import in_loire_authion
from tests.journeys.axe import violations

MOST = 25


class Keyboard:
    """Types, and counts the keys that are not words: Tab, Enter, Space, arrows."""

    def __init__(self, page):
        self.page, self.keys = page, 0

    def words(self, *lines):
        for number, line in enumerate(lines):
            if number:
                self.press("Enter")
            self.page.keyboard.type(line)

    def press(self, key, times=1):
        for _ in range(times):
            self.page.keyboard.press(key)
        self.keys += times


@in_loire_authion
def test_a_paper_form_takes_at_most_25_keys_beside_its_words(world, open_page, address, sign_in):
    commune = world.commune
    with commune.session(world.resident) as session:
        group = add_organisation(session, "association", "Comité des fêtes")
        validate_organisation(session, group)
        name_representative(session, group, get_person(session, world.resident.id), accepted=True)
    page = open_page(1280)
    sign_in(page, commune, world.secretary)
    page.goto(address(commune, f"/mairie/fonds/saisir?personne={world.resident.id}"))
    assert violations(page) == []
    keyboard = Keyboard(page)
    # The cursor waits in the name of the project; days and months are equal, whatever order this browser wants.
    keyboard.words("Carnaval de Corné")
    keyboard.press("Tab")
    keyboard.words("Coudre les costumes ensemble, puis défiler.")
    keyboard.press("Tab")
    keyboard.words("Place du marché")
    keyboard.press("Tab")
    keyboard.words("Corn")
    keyboard.press("Tab")
    keyboard.words("Comi")
    keyboard.press("Tab")
    keyboard.press("Space")
    keyboard.press("Tab")
    keyboard.words(f"0303{commune.today.year + 1}")
    keyboard.press("Tab", 2)
    keyboard.words(f"0505{commune.today.year + 1}")
    keyboard.press("Tab", 2)
    keyboard.words("Tissu 180", "Peinture 60,50", "Affiches 40")
    keyboard.press("Tab")
    keyboard.words("200")
    keyboard.press("Tab")
    keyboard.words("4 heures d’une couturière")
    keyboard.press("Tab")
    keyboard.words("30 heures de bénévoles", "80,50 € de la tombola")
    keyboard.press("Tab")
    keyboard.press("Enter")
    page.locator(".receipt").wait_for()
    application = world.now(commune.one(FundApplication))
    assert (application.channel, application.total_cents, application.amount_asked_cents) == ("paper", 28_050, 20_000)
    assert application.ends_on is not None
    assert application.ends_on.month == 5
    assert application.organisation_id == commune.one(Organisation).id
    assert keyboard.keys <= MOST, keyboard.keys
    assert violations(page) == []
