"""People: find, register, correct, verify, merge, proxies, data on request, erasure."""

from civique.core.access.models import RoleGrant
from civique.core.audit import AuditEntry
from civique.core.messages.models import Message
from civique.core.people.models import EmailAddress, Person, Proxy


def secretary(commune):
    return commune.client(commune.person("Sylvie", "Secrétaire", "secretary"))


def test_find_by_name_or_address(commune):
    client = secretary(commune)
    commune.person("Éloïse", "Le Goff")
    commune.person("Paul", "Durand", email="contact@exemple.fr")
    assert "Le Goff Éloïse" in client.get("/mairie/personnes?q=eloise+le+goff").words
    page = client.get("/mairie/personnes?q=contact@exemple.fr")
    assert "Durand" in page.words
    assert "Goff" not in page.words
    assert "Durand" not in client.get("/mairie/personnes?trust=verified").words
    assert client.get("/mairie/personnes?q=%25").status == 200
    assert client.get("/mairie/personnes?page=0").status == 404


def test_list_by_twenty_and_whole_as_a_file(commune):
    client = secretary(commune)
    for number in range(22):
        commune.person(f"N{number}", "Nombreux", email=None)
    page = client.get("/mairie/personnes?q=nombreux")
    assert any("page=2" in link for link in page.links())
    text = client.get("/mairie/personnes?q=nombreux&format=csv").text
    assert text.count("Nombreux") == 22


def test_register_a_person_on_paper(commune):
    client = secretary(commune)
    data = {
        "given_name": "Jeanne",
        "family_name": "Papier",
        "street": "3 rue Haute",
        "postal_code": "49250",
        "city": "Brion",
    }
    form = client.get("/mairie/personnes/nouvelle").form() | data
    page = client.post("/mairie/personnes/nouvelle", form)
    again = client.post("/mairie/personnes/nouvelle", form)
    assert page.location == again.location
    person = commune.one(Person, family_name="Papier")
    assert (person.channel, person.trust) == ("letter", "declared")
    assert "Jeanne Papier" in client.follow(page).title


def test_register_refuses_what_is_wrong_and_keeps_the_rest(commune):
    client = secretary(commune)
    page = client.submit(
        "/mairie/personnes/nouvelle", {"given_name": "Léa", "family_name": "", "phone": "12", "postal_code": "4"}
    )
    assert page.status == 422
    assert 'value="Léa"' in page.text
    assert len([e for e in page.tree.iter() if e.get("aria-invalid")]) == 3


def test_correct_then_stale_edit_overwrites_nothing(commune):
    client, other = secretary(commune), commune.client(commune.person("Anne", "Admin", "administrator"))
    person = commune.person("Paul", "Durand")
    path = f"/mairie/personnes/{person.id}/corriger"
    mine = client.get(path).form() | {"city": "Andard"}
    assert other.submit(path, {"phone": "02 41 00 00 01", "city": "Brion"}).status == 303
    page = client.post(path, mine)
    assert page.status == 422
    assert "Anne Admin" in page.words
    assert "Brion" in page.words
    assert 'value="Andard"' in page.text
    row = commune.one(Person, id=person.id)
    assert (row.city, row.phone) == ("Brion", "+33241000001")
    assert client.post(path, {**page.form(path), "phone": "02 41 00 00 01"}).status == 303
    row = commune.one(Person, id=person.id)
    assert (row.city, row.phone) == ("Andard", "+33241000001")


def test_verify_and_add_an_address_that_counts_once_confirmed(commune):
    client, person = secretary(commune), commune.person("Paul", "Durand", email=None)
    path = f"/mairie/personnes/{person.id}"
    client.submit(f"{path}/verifier", on=path)
    client.submit(f"{path}/adresse", {"email": "Paul@Exemple.fr"})
    row = commune.one(EmailAddress, person_id=person.id)
    assert (row.address, row.confirmed_at) == ("paul@exemple.fr", None)
    assert commune.one(Person, id=person.id).trust == "verified"


def test_merge_keeps_rows_and_leaves_a_trace(commune):
    client = secretary(commune)
    kept, double = commune.person("Paul", "Durand"), commune.person("Paul", "Durand", email="paul2@exemple.fr")
    with commune.session() as session:
        session.add(Message(kind="test", person_id=double.id, content={"subject": "Bonjour"}))
        session.get(Person, double.id).phone = "+33241000001"
    page = client.get(f"/mairie/personnes/{kept.id}")
    path = f"/mairie/personnes/{kept.id}/fusionner/{double.id}"
    assert path in page.links()
    page = client.get(path)
    assert "paul2@exemple.fr" in page.words
    client.post(path, page.form(path))
    assert commune.one(Message, kind="test").person_id == kept.id
    assert {e.address for e in commune.all(EmailAddress, person_id=kept.id)} == {
        "paul.durand@exemple.fr",
        "paul2@exemple.fr",
    }
    assert commune.one(Person, id=kept.id).phone == "+33241000001"
    assert commune.one(Person, id=double.id).merged_into_id == kept.id
    line = commune.one(AuditEntry, action="person.merged")
    assert (line.object_id, line.data["double"]) == (kept.id, str(double.id))
    assert client.get(f"/mairie/personnes/{double.id}").location == f"/mairie/personnes/{kept.id}"
    assert str(double.id) not in client.get("/mairie/personnes").text
    assert client.post(path, page.form(path)).status == 303, "a second click does no harm"
    assert len(commune.all(AuditEntry, action="person.merged")) == 1


def test_merge_of_two_colleagues_keeps_one_role_of_each_kind(commune):
    client = commune.client(commune.person("Anne", "Admin", "administrator"))
    kept = commune.person("Paul", "Durand", "elected")
    double = commune.person("Paul", "Durand", "elected", "treasurer", email="p@exemple.fr")
    path = f"/mairie/personnes/{kept.id}/fusionner/{double.id}"
    client.submit(path)
    assert sorted(g.role for g in commune.all(RoleGrant, person_id=kept.id)) == ["elected", "treasurer"]


def test_proxies_are_answered_by_the_mairie(commune):
    from civique.core.people import operations

    client = secretary(commune)
    mother, child = commune.person("Marie", "Mère"), commune.person("Tom", "Mère", email=None)
    with commune.session(mother) as session:
        operations.ask_proxy(session, session.get(Person, mother.id), "tom", "mere", "guardian")
    proxy = commune.one(Proxy)
    path = f"/mairie/personnes/procurations/{proxy.id}"
    page = client.get("/mairie/personnes/procurations")
    assert "Marie Mère" in page.words
    form = page.form(f"{path}/accepter")
    assert form[f"{proxy.id}-record"] == str(child.id), "the only record of this name, accents aside"
    assert client.post(f"{path}/accepter", form).location == f"/mairie/personnes/{child.id}"
    assert commune.one(Proxy).for_person_id == child.id
    client.post(f"{path}/terminer", form)
    assert commune.one(Proxy).ended_at is not None
    assert client.post(f"{path}/accepter", form).status == 404


def test_a_proxy_for_one_of_two_namesakes_asks_which(commune):
    from civique.core.people import operations

    client, paul = secretary(commune), commune.person("Paul", "Durand")
    commune.person("Odette", "Petit", email=None)
    other = commune.person("Odette", "Petit", email=None)
    with commune.session(paul) as session:
        operations.ask_proxy(session, session.get(Person, paul.id), "Odette", "Petit", "relative")
    proxy = commune.one(Proxy)
    path = f"/mairie/personnes/procurations/{proxy.id}/accepter"
    refused = client.submit(path, on="/mairie/personnes/procurations")
    assert refused.status == 422
    assert "Choisissez de quelle fiche il s’agit." in refused.words
    client.submit(path, {f"{proxy.id}-record": str(other.id)}, on="/mairie/personnes/procurations")
    assert commune.one(Proxy).for_person_id == other.id


def test_a_proxy_for_somebody_unknown_makes_a_record_when_it_is_accepted(commune):
    from civique.core.people import operations

    client, paul = secretary(commune), commune.person("Paul", "Durand")
    with commune.session(paul) as session:
        operations.ask_proxy(session, session.get(Person, paul.id), "Odette", "Petit", "relative")
    assert commune.all(Person, family_name="Petit") == []
    proxy = commune.one(Proxy)
    client.submit(f"/mairie/personnes/procurations/{proxy.id}/accepter", on="/mairie/personnes/procurations")
    assert commune.one(Proxy).for_person_id == commune.one(Person, family_name="Petit").id


def test_data_on_request(commune):
    client, person = secretary(commune), commune.person("Paul", "Durand")
    page = client.get(f"/mairie/personnes/{person.id}/donnees")
    assert "paul.durand@exemple.fr" in page.words
    answer = client.get(f"/mairie/personnes/{person.id}/donnees?format=json")
    assert answer.response.json["person"][0]["family_name"] == "Durand"
    assert commune.all(AuditEntry, action="data.exported")


def test_an_erased_person_is_nowhere(commune):
    client = secretary(commune)
    person, friend = commune.person("Zébulon", "Zztop"), commune.person("Tom", "Ami")
    path = f"/mairie/personnes/{person.id}/effacer"
    assert client.submit(path, {"confirmation": "Autre"}).status == 422
    own = commune.client(person)
    assert own.get("/mon-compte").status == 200
    assert client.submit(path, {"confirmation": "zztop"}).status == 303
    assert own.get("/mon-compte").status == 303, "signed out"
    pages = ["/mairie/personnes", "/mairie/personnes?q=zztop", "/mairie/journal", "/mairie/collegues"]
    administrator = commune.client(commune.person("Anne", "Admin", "administrator"))
    for address in [*pages, "/mairie/personnes?format=csv", "/mairie/journal?format=csv"]:
        text = administrator.get(address).text.casefold()
        assert "zébulon" not in text
        assert "zztop" not in text.replace("q=zztop", "").replace('value="zztop"', "")
    assert client.get(f"/mairie/personnes/{person.id}").status == 404
    left = commune.sql("SELECT to_jsonb(p)::text FROM person p") + commune.sql(
        "SELECT to_jsonb(a)::text FROM audit_entry a"
    )
    assert not [row for row in left if "ztop" in row[0]]
    assert commune.one(Person, id=friend.id).given_name == "Tom"


def test_the_only_administrator_is_not_erased(commune):
    administrator = commune.person("Anne", "Admin", "administrator")
    page = commune.client(administrator).submit(
        f"/mairie/personnes/{administrator.id}/effacer", {"confirmation": "Admin"}
    )
    assert page.status == 422
    assert commune.one(Person, id=administrator.id).erased_at is None


def test_a_secretary_cannot_become_the_administrator(commune):
    """Another address, or a merge with one’s own second record, would open the administrator’s account."""
    administrator, client = commune.person("Anne", "Admin", "administrator"), secretary(commune)
    mine = commune.person("Anne", "Admin", email="moi@exemple.fr")
    base = f"/mairie/personnes/{administrator.id}"
    for path in (f"{base}/adresse", f"{base}/effacer", f"{base}/fusionner/{mine.id}"):
        assert client.get(path).location == base, path
    token = client.get("/mairie/personnes/nouvelle").form()
    client.post(f"{base}/adresse", token | {"email": "moi@exemple.fr"})
    client.post(f"{base}/fusionner/{mine.id}", token)
    client.post(f"/mairie/personnes/{mine.id}/fusionner/{administrator.id}", token)
    assert [e.address for e in commune.all(EmailAddress, person_id=administrator.id)] == ["anne.admin@exemple.fr"]
    assert commune.one(Person, id=mine.id).merged_into_id is None


def test_an_address_written_by_the_mairie_opens_the_same_record(commune, mailbox):
    person = commune.person("Odette", "Papier", email=None)
    secretary(commune).submit(f"/mairie/personnes/{person.id}/adresse", {"email": "odette@exemple.fr"})
    browser = commune.client()
    assert browser.submit("/connexion/mot-de-passe", {"email": "odette@exemple.fr", "password": "x"}).status == 422
    browser.submit("/connexion", {"email": "odette@exemple.fr"})
    code = mailbox()[-1]["Subject"].split(":")[1].strip()
    browser.submit("/connexion/code", {"code": code})
    assert browser.get("/mon-compte").title == "Odette Papier"
    assert commune.one(EmailAddress, person_id=person.id).confirmed_at is not None


def test_people_of_the_neighbour_do_not_exist_here(commune, neighbour):
    stranger = neighbour.person("Nina", "Voisine")
    client, mine = secretary(commune), commune.person("Paul", "Durand")
    for end in ("", "/corriger", "/adresse", "/donnees", "/effacer", f"/fusionner/{mine.id}"):
        assert client.get(f"/mairie/personnes/{stranger.id}{end}").status == 404, end
    assert client.get(f"/mairie/personnes/{mine.id}/fusionner/{stranger.id}").status == 404
    token = client.get("/mairie/personnes/nouvelle").form()
    assert client.post(f"/mairie/personnes/{stranger.id}/verifier", token).status == 404
    assert neighbour.one(Person, id=stranger.id).trust == "confirmed"


def test_the_front_desk_reads_and_does_not_change(commune):
    client, person = commune.client(commune.person("Gaël", "Guichet", "counter")), commune.person("Paul", "Durand")
    page = client.get(f"/mairie/personnes/{person.id}")
    assert page.status == 200
    assert not [link for link in page.links() if "corriger" in link or "effacer" in link or "journal" in link]
    for end in ("corriger", "effacer", "donnees", "adresse"):
        assert client.get(f"/mairie/personnes/{person.id}/{end}").status == 403
