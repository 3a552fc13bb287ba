"""One project from its idea to its story, in a real browser on real processes: a collective asks for seeds and 300 €, a
company pledges cloth, technical services pledge the seeds, a committee meets without the member who is tied to the
application, the mairie grants in part, the agreement is signed on paper and scanned, money is paid, the report comes with a
photo, what was not spent returns, the story is public, the yearly evaluation prints."""

import io
import re
from datetime import date
from urllib.parse import urlsplit

import pytest
from PIL import Image
from pypdf import PdfReader

from tests.journeys.axe import violations
from tests.modules.fund.journeys.test_walk import wait_for_mail
from tests.modules.fund.world import IBAN

pytestmark = pytest.mark.usefixtures("working")

COLLECTIVE, PROJECT = "Les jardiniers de la rue du Port", "Des pieds de mur fleuris"
TODAY = date.today().isoformat()  # noqa: DTZ011 (the day on the browser's form)


def picture(colour):
    """A photo as a telephone takes them."""
    file = io.BytesIO()
    Image.new("RGB", (1600, 1200), colour).save(file, "JPEG")
    return {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


class Actor:
    """Somebody with a browser, on the commune's site."""

    def __init__(self, page, address):
        self.page, self.address = page, address

    def goto(self, path):
        self.page.goto(self.address(path))
        return self

    def fill(self, **values):
        """Fill fields of the main part by name; ``__`` is a hyphen."""
        for name, value in values.items():
            self.page.locator(f"main [name='{name.replace('__', '-')}']").first.fill(value)
        return self

    def send(self, action, **values):
        """Fill in the form that leads to an address and send it by its first button."""
        form = self.page.locator(f"main form[action$='{action}']").first
        if not form.is_visible():
            form.locator("xpath=ancestor::details[1]/summary").click()
        for name, value in values.items():
            field = form.locator(f"[name='{name.replace('__', '-')}']")
            kind = field.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
            if kind == "radio":
                form.locator(f"[name='{name}'][value='{value}']").check()
            elif kind == "checkbox":
                form.locator(f"[name='{name}']").first.check()
            elif kind == "select":
                field.select_option(label=value) if value not in field.inner_html().split('"') else field.select_option(
                    value
                )
            elif kind == "file":
                field.set_input_files(value)
            else:
                field.fill(value)
        form.locator("button").first.click()
        self.page.wait_for_load_state()
        return self

    def press(self, words):
        """Follow a link or press a button by its words."""
        self.page.locator("main a, main button").get_by_text(words).first.click()
        self.page.wait_for_load_state()
        return self

    @property
    def words(self):
        """What the page says."""
        return re.sub(r"\s+", " ", self.page.locator("main").inner_text())

    def pdf(self, path):
        """Words of a PDF that this person may read."""
        read = "async path => Array.from(new Uint8Array(await (await fetch(path)).arrayBuffer()))"
        file = io.BytesIO(bytes(self.page.evaluate(read, self.address(path))))
        return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(file).pages))


def asks(resident, secretary):
    """The collective asks for 300 €, seeds and a hand; gives the address of the application."""
    resident.goto("/mon-compte/organisations").send(
        "/mon-compte/organisations", name=COLLECTIVE, kind="collective", function="porte-parole"
    )
    secretary.goto("/mairie/associations").press(COLLECTIVE).press("Valider")
    resident.goto("/fonds/demander").send(
        "/fonds/demander",
        title=PROJECT,
        purpose="Semer le long des façades, avec les voisins.",
        place="rue du Port",
        starts_on=TODAY,
        ends_on=TODAY,
        organisation_id=COLLECTIVE,
    )
    for label, amount in (("Terreau et outils", "220"), ("Goûter des semis", "80")):
        resident.send("/couts", label=label, amount_cents=amount)
        resident.page.locator("tbody td:first-child", has_text=label).wait_for()
    resident.send("/choses", thing__description="Sachets de graines", thing__quantity="40", thing__unit="sachets")
    resident.page.locator(".lines-list", has_text="Sachets").wait_for()
    resident.send("/budget", amount_asked_cents="300")
    resident.send("/apports/temps", time__description="Les voisins", time__people="8", time__hours="3")
    resident.page.locator("form[action$='/retirer']").first.wait_for()
    resident.send("/apports")
    assert violations(resident.page) == []
    resident.send("/envoyer")
    assert "FIC-" in resident.words
    return re.search(r"/fonds/demandes/[\w-]+", resident.page.url).group()


def partners_pledge(secretary, year):
    """A company pledges cloth, the technical services the seeds."""
    for name, what, quantity, unit in (
        ("Filature du Port", "Toile de coton", "60", "mètres"),
        ("Services techniques", "Graines de fleurs", "50", "sachets"),
    ):
        secretary.goto(f"/mairie/partenaires/fonds-{year}/promesse").send(
            f"/fonds-{year}/promesse",
            giver_name=name,
            nature="material",
            description=what,
            quantity=quantity,
            unit=unit,
            thanked="y",
        )
    assert "Filature du Port" in secretary.words


def committee_meets(world, secretary, file):
    """Three members, of which the one who asks: she leaves the room, the two others propose 200 €."""
    commune = world.commune
    commune.person("Ada", "Membre")
    commune.person("Boris", "Membre")
    secretary.goto("/mairie/comites/nouveau").fill(name="Comité du fonds").send("/comites/nouveau")
    for name in ("Ada Membre", "Boris Membre", world.resident.name):
        secretary.page.fill("#who", name)
        secretary.page.keyboard.press("Enter")
        secretary.page.locator("form[action$='/membres']").wait_for()
        secretary.send("/membres", person_id=name, college="citizen")
    secretary.send("/reunions", at=f"{TODAY}T20:00", place="Salle du conseil")
    meeting = re.search(r"/mairie/reunions/[\w-]+", secretary.page.url)
    if meeting is None:
        secretary.page.locator("main a[href*='/reunions/']").first.click()
        meeting = re.search(r"/mairie/reunions/[\w-]+", secretary.page.url)
    secretary.goto(file).press("Demander l’avis d’un comité")
    secretary.send("/ensemble")
    secretary.goto(meeting.group())
    assert f"{world.resident.name} a un lien avec cette demande" in secretary.words
    for name in ("Ada Membre", "Boris Membre"):
        secretary.page.get_by_label(name).check()
    secretary.send("/presents")
    secretary.send("/avis", verdict="reserved", amount_cents="200", opinion="Oui, sans le goûter.")
    secretary.send("/tenue", minutes="Échange sur l’arrosage.")
    minutes = secretary.pdf(f"{meeting.group()}.pdf")
    assert "Comité du fonds" in minutes
    assert world.resident.name in minutes, "who left the room is written"


def test_from_the_idea_to_the_story(world, open_page, address, sign_in):
    commune, year = world.commune, date.today().year  # noqa: DTZ011
    people = {}
    for name, person, width in (("resident", world.resident, 360), ("secretary", world.secretary, 1280)):
        page = open_page(width)
        sign_in(page, commune, person)
        people[name] = Actor(page, lambda path: address(commune, path))
    resident, secretary = people["resident"], people["secretary"]

    application = asks(resident, secretary)
    file = f"/mairie{application}"
    told = application.replace("/fonds/demandes/", "/recits/")
    partners_pledge(secretary, year)
    secretary.goto(file).press("Déclarer recevable")
    committee_meets(world, secretary, file)

    secretary.goto(file).send(
        "/decision", decision="partially_granted", amount_cents="200", motive="Sans le goûter.", act="2026-114"
    )
    assert "200,00" in secretary.words
    wait_for_mail(world.resident.email.address, "200,00")
    secretary.goto(f"/mairie/partenaires?objet=fonds-{year}")
    assert "Services techniques" in secretary.page.locator("main form[action*='/besoins/']").inner_text()
    secretary.send(
        "/besoins/" + secretary.page.locator("main form[action*='/besoins/']").get_attribute("action").split("/")[-1],
        contribution_id="Services techniques – Graines de fleurs (50 sachets)",
        quantity="40",
    )
    assert "Ce que des projets attendent" not in secretary.words

    secretary.goto(f"{file}/convention").send(
        file.rpartition("/")[2], applicant="Semer\nArroser", commune="Verser 200 €"
    )
    secretary.press("Demander au porteur de signer")
    agreement = urlsplit(secretary.page.url).path
    assert PROJECT in secretary.pdf(f"{agreement}/convention.pdf")
    for side, name in (("applicant", world.resident.name), ("commune", "Le maire")):
        secretary.send("/signer", side=side, name=name, on=TODAY, scan=picture("white"))
    assert "Le projet est en cours" in secretary.goto(file).words

    resident.goto(f"{application}/compte").send(
        "/compte", kind="third_party", name="Comité des fêtes", iban=IBAN, why="Le collectif n’a pas de compte."
    )
    secretary.goto(file).send("/versements", amount_cents="200", mandate="M-12")
    assert "M-12" in secretary.words
    secretary.send("/paye", on=TODAY)

    resident.goto(f"{told}/journal").send("/journal", log__day=TODAY, log__text="Semis", log__hours="24")
    resident.send("/photos", photo__file=picture("green"), photo__alternative="Huit voisins sèment le long du mur")
    assert "La photo est ajoutée" in resident.words
    resident.goto(f"{application}/bilan").send(
        "/bilan", text="Quarante mètres de fleurs.", spent_0="140", spent_1="0", people="8", may_publish="y"
    )
    secretary.goto(file)
    assert "200,00 € versés, 140,00 € dépensés" in secretary.words
    secretary.send("/solder")
    secretary.send("/encaisse", reference="T-31")
    assert "60,00 € sont revenus" in secretary.words
    assert "60,00" in resident.goto(application).words

    secretary.goto(f"/mairie{told}").fill(text="Quarante mètres de fleurs, et la rue qui se parle.")
    secretary.page.get_by_label("Montrer cette photo").check()
    secretary.press("Publier")
    stranger = Actor(open_page(360), lambda path: address(commune, path))
    stranger.goto("/fonds").press(PROJECT)
    assert "la rue qui se parle" in stranger.words
    shown = "() => { const e = document.querySelector('main img'); return e.complete && e.naturalWidth > 0 }"
    stranger.page.wait_for_function(shown, timeout=15_000)
    assert world.resident.name not in stranger.words
    assert violations(stranger.page) == []
    assert "Filature du Port" in stranger.goto("/partenaires").words

    evaluation = f"/mairie/evaluations/fonds/{year}"
    secretary.goto(evaluation).send(f"/evaluations/fonds/{year}", introduction="Une première année.")
    printed = secretary.pdf(f"{evaluation}.pdf")
    assert "Une première année." in printed
    assert "140,00" in printed.replace("\u202f", "").replace("\u00a0", " ") or "140" in printed
