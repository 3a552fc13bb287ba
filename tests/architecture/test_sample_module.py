"""A module that only adds files: tables, pages, permission, job, agenda, French, demonstration, personal data."""

from datetime import timedelta

from civique.core import privacy
from civique.core.agenda.models import Event
from civique.core.registry import modules
from tests.sample.models import Pickup
from tests.sample.settings import Rounds


def test_the_sample_module_lives_from_its_own_folder(make_commune, run_jobs):
    commune = make_commune("49030")
    person = commune.person("Nadia", "Habitante")
    client = commune.client(person)
    assert client.get("/encombrants").status == 404
    commune.switch_on("sample")

    page = client.get("/participer")
    assert "Ramassage des encombrants" in page.words
    tomorrow = commune.today + timedelta(days=1)
    page = client.submit("/encombrants/demander", {"what": "Sommier", "day": tomorrow.isoformat()})
    page = client.follow(page)
    assert page.title == "Ramassage des encombrants"
    assert commune.one(Event).origin_type == "sample_pickup"
    assert "Ramassage des encombrants" in client.get("/agenda").words

    assert client.get("/encombrants/tournee").status == 403
    agent = commune.client(commune.person("Ali", "Accueil", "counter"))
    assert agent.get("/encombrants/tournee").status == 200

    with commune.session() as session:
        from civique.core.outbox import enqueue
        from civique.core.people.queries import get_person

        enqueue(session, "sample.remind")
        kept = privacy.export_person(session, get_person(session, person.id), modules())
    assert kept["pickups"] == [{"what": "Sommier"}]
    run_jobs()
    assert commune.one(Pickup).reminded

    with commune.session() as session:
        privacy.erase(session, get_person(session, person.id), modules())
    assert commune.all(Pickup) == []


def test_a_module_that_is_off_runs_no_job(make_commune, run_jobs):
    from civique.core.outbox import enqueue
    from civique.core.switching import switch_off

    commune = make_commune("49030", "sample")
    person = commune.person()
    with commune.session() as session:
        from civique.core.people.queries import get_person
        from tests.sample.operations import ask_pickup

        ask_pickup(session, get_person(session, person.id), "Sommier", commune.today + timedelta(days=1))
        enqueue(session, "sample.remind")
    commune.tenant = switch_off(commune.tenant, "sample")
    run_jobs()
    assert not commune.one(Pickup).reminded


def test_two_clicks_one_effect(make_commune):
    commune = make_commune("49030", "sample")
    client = commune.client(commune.person())
    form = client.get("/encombrants/demander").form()
    answers = [client.post("/encombrants/demander", {**form, "what": "Sommier"}) for _ in range(3)]
    assert [a.location for a in answers] == ["/encombrants"] * 3
    assert len(commune.all(Pickup)) == 1


def test_a_module_brings_an_indicator_from_its_own_folder(make_commune, run_jobs):
    from civique.core.indicators.models import Indicator, Measure
    from civique.core.outbox import enqueue

    commune = make_commune("49030")
    assert commune.all(Indicator, module="sample") == []
    commune.switch_on("sample")
    indicator = commune.one(Indicator, module="sample")
    assert (indicator.code, indicator.label, indicator.source) == (
        "sample.pickups",
        "Ramassage des encombrants",
        "computed",
    )
    client = commune.client(commune.person())
    client.submit("/encombrants/demander", {"what": "Sommier", "day": commune.today.isoformat()})
    with commune.session() as session:
        enqueue(session, "core.indicators")
    run_jobs()
    assert commune.one(Measure, indicator_id=indicator.id).value == 1
    page = commune.client().get("/indicateurs/sample.pickups")
    assert "1" in page.words
    assert "À ce jour" in page.words


def test_a_preset_writes_its_settings_the_first_time_only(make_commune):
    from civique.core import settings
    from civique.core.audit import AuditEntry

    commune = make_commune("49030")
    admin = commune.client(commune.person("Anne", "Admin", "administrator"))
    card, on = "/mairie/reglages/modules/sample", "/mairie/reglages/modules/sample/activer"

    def rounds():
        with commune.session() as session:
            return settings.get(session, Rounds)

    page = admin.get(card)
    assert "Sur rendez-vous" in page.words
    assert admin.post(on, {**page.form(on), "offer": "yearly"}).status == 400
    assert admin.post(on, {**page.form(on), "offer": "monthly"}).status == 303
    assert rounds() == Rounds(days=28, at_the_door=False)
    entry = commune.one(AuditEntry, action="module.switched_on")
    assert entry.data == {"module": "sample", "offer": "monthly"}

    with commune.session() as session:
        settings.change(session, Rounds, days=30)
    admin.submit(f"{card}/desactiver", on=card)
    page = admin.get(card)
    assert "Sur rendez-vous" not in page.words, "it comes back as the commune left it"
    assert admin.submit(on, on=card).status == 303
    assert rounds().days == 30


def test_a_link_stands_at_its_door(make_commune):
    client = make_commune("49030", "sample").client()
    doors = {
        "/participer": "Ramassage des encombrants",
        "/signaler": "Déchets laissés dans la rue",
        "/sinformer": "Calendrier des tournées",
    }
    for path, label in doors.items():
        words = client.get(path).words
        assert [other for other in doors.values() if other in words] == [label], path


def test_a_module_brings_its_importer(make_commune):
    import io

    commune = make_commune("49030", "sample")
    client = commune.client(commune.person("Ali", "Accueil", "counter"))
    assert "Un sommier" in client.get("/mairie/importer/sample.pickups").words
    text = "Date;Objet\n01/02/2027;Un sommier\n02/02/2027;Une table\n"
    for done in ("Ajout", "déjà"):
        file = {"file": (io.BytesIO(text.encode()), "liste.csv")}
        path = client.submit("/mairie/importer/sample.pickups", file).location
        if done == "Ajout":
            client.submit(f"{path}/confirmer", on=path)
        assert done in client.get(path).words
    assert len(commune.all(Pickup)) == 2
    other = make_commune("49002")
    assert other.client(other.person("Ali", "Accueil", "counter")).get("/mairie/importer/sample.pickups").status == 404


def test_a_module_brings_its_own_form_to_the_stall(make_commune):
    import json

    from civique.core.stall import references
    from civique.core.stall.models import StallEntry

    commune = make_commune("49030", "sample")
    agent = commune.client(commune.person("Ali", "Accueil", "counter"))
    assert "Que faut-il ramasser" in agent.get("/mairie/stand").words
    told = {
        "reference": references.make("K7Q2", 1),
        "kind": "sample.pickup",
        "channel": "doorstep",
        "answer_by": "none",
        "sample.pickup-what": "Sommier",
        "sample.pickup-size": "huge",
    }

    def send(client, **changes):
        key = json.loads(client.get("/mairie/stand/jeton").text)["token"]
        options = {"json": {**told, **changes}, "headers": {"X-CSRFToken": key}}
        return client._open("POST", "/mairie/stand/entrees", **options)

    assert set(json.loads(send(agent).text)["errors"]) == {"sample.pickup-size"}
    assert send(agent, **{"sample.pickup-size": "large"}).status == 201
    assert commune.one(Pickup).what == "Sommier large"
    assert commune.one(StallEntry).object_type == "sample_pickup"
    without = make_commune("49002")
    other = without.client(without.person("Ali", "Accueil", "counter"))
    assert send(other, **{"sample.pickup-size": "large"}).status == 422, "a module that is off takes nothing"
