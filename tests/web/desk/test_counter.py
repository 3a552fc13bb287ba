"""« Saisir pour un habitant »: what, who, the same form, a receipt."""

from civique.core.messages.models import Message
from civique.core.people.models import Person
from civique.core.questions.models import Question

WHO = "/mairie/saisir/personne?pour=desk_counter.question"


def test_somebody_new_on_the_telephone(commune, secretary):
    choose = secretary.get("/mairie/saisir")
    assert WHO in [link.replace("&amp;", "&") for link in choose.links()]
    form = secretary.get(WHO).form("/mairie/saisir/personne")
    facts = {"given_name": "Jeanne", "family_name": "Lebrun", "street": "3 rue du Port", "city": "Corné"}
    added = secretary.post(WHO, {**form, **facts})
    person = commune.one(Person, family_name="Lebrun")
    assert (person.channel, person.trust) == ("letter", "declared")
    page = secretary.follow(added)
    assert page.title == "Question posée par Jeanne Lebrun"
    path = added.location
    sent = secretary.post(path, {**page.form(), "channel": "phone", "text": "Le banc est cassé."})
    receipt = secretary.follow(sent)
    question = commune.one(Question)
    assert (question.channel, question.applicant_id, question.address) == ("phone", person.id, "3 rue du Port, Corné")
    assert "C O N" in receipt.words
    assert "Célestin, Oscar, Nicolas" in receipt.words
    assert "Elle arrive par courrier." in receipt.words
    assert "Le banc est cassé." in receipt.words
    letter = commune.one(Message, kind="question.received")
    assert letter.state == "to_print"
    assert "sur son site" not in letter.content["reason"]


def test_a_letter_is_promised_only_to_somebody_with_an_address(commune, secretary):
    nobody_knows_where = commune.person("Marcel", "Sansadresse", email=None)
    found = secretary.get(f"{WHO}&q=Sansadresse").words
    assert "à appeler" in found
    assert "par courrier" not in found.split("Sansadresse", 1)[1][:80]
    path = f"/mairie/saisir/question?personne={nobody_knows_where.id}"
    receipt = secretary.follow(secretary.post(path, {**secretary.get(path).form(), "text": "Le banc."}))
    assert "Elle arrive par courrier." not in receipt.words
    assert "Nous vous appelons" in receipt.words


def test_a_letter_is_to_be_sent_until_it_is_printed(commune, secretary, on_paper):
    who = on_paper()
    commune.sql("UPDATE person SET street = '3 rue du Port', city = 'Blou' WHERE id = :id", id=who.id)
    path = f"/mairie/saisir/question?personne={who.id}"
    secretary.post(path, {**secretary.get(path).form(), "text": "Le banc."})
    question = commune.one(Question)
    file = f"/mairie/questions/{question.id}"
    secretary.submit(f"{file}/repondre", {"answer": "Oui."}, on=file)
    page = secretary.get(file)
    assert "Réponse à envoyer par courrier" in page.words
    assert "Réponse envoyée" not in page.words
    assert "courrier à envoyer" in secretary.get(f"/mairie/personnes/{who.id}").words
    commune.sql("UPDATE message SET state = 'printed'")
    assert "Réponse envoyée" in secretary.get(file).words


def test_sent_twice_records_once(commune, secretary, on_paper):
    path = f"/mairie/saisir/question?personne={on_paper().id}"
    data = {**secretary.get(path).form(), "text": "Une fois."}
    first, second = secretary.post(path, data), secretary.post(path, data)
    assert first.location == second.location
    assert len(commune.all(Question)) == 1


def test_known_residents_are_suggested(secretary, on_paper):
    who = on_paper("Zoé", "Élie")
    page = secretary.get(f"{WHO}&q=elie")
    assert "Zoé Élie" in page.words
    assert "3 rue du Port" in page.words
    assert f"/mairie/saisir/question?personne={who.id}" in page.links()
    fragment = secretary.get(f"{WHO}&q=zo", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "Zoé Élie" in fragment.text
    assert "<form" not in fragment.text
    assert "Zoé Élie" not in secretary.get(f"{WHO}&q=z").words


def test_a_namesake_is_shown_before_a_second_record_is_made(commune, secretary, on_paper):
    on_paper()
    data = {**secretary.get(WHO).form("/mairie/saisir/personne"), "given_name": "JEANNE", "family_name": "lebrun"}
    page = secretary.post(WHO, data)
    assert page.status == 422
    assert "Nous connaissons quelqu’un de ce nom" in page.words
    assert "3 rue du Port" in page.words
    assert len(commune.all(Person, family_name="Lebrun")) == 1
    again = {**page.form("/mairie/saisir/personne"), "somebody_else": "y"}
    assert secretary.post(WHO, again).status == 303
    assert len(commune.all(Person, folded="lebrun jeanne")) == 2


def test_what_is_missing_is_said_and_what_was_typed_stays(secretary):
    page = secretary.post(WHO, {**secretary.get(WHO).form("/mairie/saisir/personne"), "given_name": "Jeanne"})
    assert page.status == 422
    assert "Écrivez le nom de famille." in page.words
    assert page.form("/mairie/saisir/personne")["given_name"] == "Jeanne"


def test_the_answer_goes_to_the_address_given_at_the_counter(commune, secretary, on_paper, mailbox):
    path = f"/mairie/saisir/question?personne={on_paper().id}"
    page = secretary.post(
        path, {**secretary.get(path).form(), "text": "Merci de me répondre.", "email": "J@Exemple.fr"}
    )
    assert "par courriel" in secretary.follow(page).words
    assert [message["To"] for message in mailbox()] == ["j@exemple.fr"]


def test_the_channel_is_remembered_for_the_next_one(secretary, on_paper):
    path = f"/mairie/saisir/question?personne={on_paper().id}"
    secretary.post(path, {**secretary.get(path).form(), "text": "Au marché.", "channel": "market"})
    assert secretary.get(path).form()["channel"] == "market"
    page = secretary.post(path, {**secretary.get(path).form(), "text": "Faux.", "channel": "web"})
    assert page.status == 422


def test_people_and_receipts_of_the_neighbour_do_not_exist_here(commune, neighbour, secretary):
    from civique.core.people.operations import register_person
    from civique.core.questions.operations import receive_question

    with neighbour.session() as session:
        theirs = register_person(session, "Voisine", "Lointaine")
        question = receive_question(session, text="Chez eux", name="Voisine", channel="phone")
    assert "Lointaine" not in secretary.get(f"{WHO}&q=lointaine").words.replace("lointaine", "")
    assert secretary.get(f"/mairie/saisir/question?personne={theirs.id}").status == 303
    form = secretary.get(WHO).form("/mairie/saisir/personne")
    assert secretary.post(f"/mairie/saisir/question?personne={theirs.id}", form).status == 404
    assert secretary.get(f"/mairie/saisir/recu/{question.id}").status == 404


def test_an_unknown_entry_is_not_found(secretary):
    assert secretary.get("/mairie/saisir/personne?pour=desk.work").status == 404
    assert secretary.get("/mairie/saisir/personne").location == "/mairie/saisir"


def test_an_elected_member_does_not_enter_for_others(commune):
    client = commune.client(commune.person("Paul", "Roy", "elected"))
    assert client.get("/mairie/saisir").status == 403
    assert client.get(WHO).status == 403
    assert client.get("/mairie").status == 200


def test_a_small_commune_has_no_list_of_villages(neighbour):
    from civique.core.people.operations import register_person

    with neighbour.session() as session:
        who = register_person(session, "Jeanne", "Lebrun")
    client = neighbour.client(neighbour.person("Sylvie", "Moreau", "counter"))
    path = f"/mairie/saisir/question?personne={who.id}"
    page = client.get(path)
    assert "territory_id" not in page.form()
    assert client.post(path, {**page.form(), "text": "Bonjour"}).status == 303


def test_references_are_spelled_in_groups():
    from civique.web.desk.spelling import spelled

    assert spelled("CON-2026-0042") == [("C O N", "Célestin, Oscar, Nicolas"), ("2026", ""), ("00 42", "")]
    assert spelled("FI-2026-12345")[-1] == ("01 23 45", "")
