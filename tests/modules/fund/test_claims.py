"""An application left on paper is claimed by its applicant, who then follows it in their account."""

from civique.core.claims.models import PaperClaim
from civique.core.people.operations import register_person
from civique.modules.fund.models import FundApplication


def test_an_application_on_paper_is_found_in_the_account_of_its_applicant(world):
    commune = world.commune
    application = world.ask()
    with commune.session() as session:
        application = session.get(FundApplication, application.id)
        application.applicant_id = register_person(session, "Nadia", "Habitante", channel="letter").id
        application.channel = "paper"
    client = commune.client(world.resident)
    assert "Pieds de mur" not in client.get("/mon-compte").words
    sent = client.submit("/mon-compte/papiers", {"reference": application.reference, "name": "Nadia Habitante"})
    assert sent.status == 303
    card = f"/mairie/rattachements/{commune.one(PaperClaim).id}"
    secretary = commune.client(world.secretary)
    assert "Pieds de mur fleuris" in secretary.get(card).words
    assert secretary.submit(f"{card}/accepter", on=card).status == 303
    assert commune.one(FundApplication).applicant_id == world.resident.id
    assert "Pieds de mur fleuris" in client.get("/mon-compte").words


def test_an_application_sent_by_the_site_is_not_claimed(world):
    application = world.ask()
    other = world.commune.client(world.commune.person("Nadia", "Habitante", email="autre@exemple.fr"))
    page = other.submit("/mon-compte/papiers", {"reference": application.reference, "name": "Nadia Habitante"})
    assert page.status == 422
    assert world.commune.all(PaperClaim) == []
