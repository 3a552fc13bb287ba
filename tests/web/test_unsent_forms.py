"""What somebody wrote and could not send comes back: the session ended, the token ended, the page is opened by a visit."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from wtforms import PasswordField

from civique.core import clock, unsent
from civique.core.access.models import WebSession
from civique.core.questions.models import Question
from civique.core.unsent import UnsentForm
from civique.web.forms import BaseForm
from civique.web.unsent import ARGUMENT, SECRETS
from tests.sample.models import Pickup

HERE = {"Sec-Fetch-Site": "same-origin"}
ASK = "/encombrants/demander"
WROTE = "Quatre chaises, une « armoire » & un lit"


@pytest.fixture
def typed(client, village):
    """The form of the sample module, filled but not sent."""
    return {**client.get(ASK).form(), "what": WROTE, "day": (village.today + timedelta(days=3)).isoformat()}


def end_session(village):
    with village.session() as session:
        session.execute(update(WebSession).values(expires_at=clock.now() - timedelta(minutes=1)))


def back_after_signing_in(client, village, person, page):
    """Where somebody arrives who signs in again after having been asked to."""
    assert page.status == 303
    assert page.location.startswith("/connexion?suite=")
    client.sign_in(village, person)
    suite = client.get(page.location).location
    return client.get(suite)


def test_a_session_ended_while_writing_the_form_comes_back_filled(village, client, nadia, typed):
    end_session(village)
    back = back_after_signing_in(client, village, nadia, client.post(ASK, typed, headers=HERE))
    assert back.status == 200
    assert back.form()["what"] == WROTE
    assert back.form()["day"] == typed["day"]
    assert "n’est pas parti" in back.words
    assert back.headers["Cache-Control"] == "no-store"
    assert not village.all(Pickup), "it is never sent by itself"
    assert client.get(f"{ASK}?{ARGUMENT}={village.all(UnsentForm)[0].id}").form()["what"], "a reload loses nothing"
    sent = client.post(ASK, back.form(), headers=HERE)
    assert sent.status == 303
    assert len(village.all(Pickup)) == 1
    assert not village.all(UnsentForm), "erased once sent"


def test_a_second_check_that_ended_gives_the_form_back(village, desk):
    form = {**desk.get("/mairie/actualites/ecrire").form(), "title": "La fête", "body": "Samedi, sur la place."}
    with village.session() as session:
        session.execute(update(WebSession).values(strong_at=None))
    page = desk.post("/mairie/actualites/ecrire", form, headers=HERE)
    assert page.location.startswith("/connexion/second-facteur?suite=")
    with village.session() as session:
        session.execute(update(WebSession).values(strong_at=clock.now()))
    back = desk.get(desk.get(page.location).location)
    assert back.form()["body"] == "Samedi, sur la place."


def test_a_token_that_ended_gives_the_form_back_at_once(village, client, typed):
    client.client.delete_cookie("visite", domain=client.host.split(":")[0])
    page = client.post(ASK, typed, headers=HERE)
    assert page.status == 303
    assert page.location.startswith(f"{ASK}?{ARGUMENT}=")
    assert not village.all(Pickup), "nothing is done without a token"
    back = client.follow(page)
    assert back.form()["what"] == WROTE
    assert back.form()["csrf_token"] != typed["csrf_token"]
    assert client.post(ASK, back.form(), headers=HERE).status == 303
    assert len(village.all(Pickup)) == 1


def test_somebody_who_never_signs_in_gets_their_question_back(village):
    visitor = village.client()
    form = {**visitor.get("/signaler").form("/signaler"), "text": "Le lampadaire\nclignote.", "name": "Rose"}
    visitor.client.delete_cookie("visite", domain=visitor.host.split(":")[0])
    back = visitor.follow(visitor.post("/signaler", form, headers=HERE))
    assert back.form("/signaler")["text"].split() == ["Le", "lampadaire", "clignote."]
    assert not village.all(Question)


def test_nobody_else_reads_it(village, client, nadia, typed, make_commune):
    end_session(village)
    suite = client.post(ASK, typed, headers=HERE).location
    identifier = village.one(UnsentForm).id
    path = f"{ASK}?{ARGUMENT}={identifier}"
    other = village.person("Rose", "Autre")
    client.sign_in(village, other)
    assert "armoire" not in client.get(client.get(suite).location).text, "not somebody else in the same browser"
    assert "armoire" not in village.client(nadia).get(path).text, "not in another browser"
    neighbour = make_commune("49002", "sample")
    assert "armoire" not in neighbour.client(neighbour.person()).get(path).text, "nor in another commune"


def test_an_hour_later_nothing_is_kept(village, client, nadia, typed):
    end_session(village)
    suite = client.post(ASK, typed, headers=HERE).location
    with village.session() as session:
        session.execute(update(UnsentForm).values(created_at=clock.now() - timedelta(minutes=61)))
    client.sign_in(village, nadia)
    assert client.get(client.get(suite).location).form()["what"] == ""
    with village.session() as session:
        unsent.forget_old(session)
    assert not village.all(UnsentForm)


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "none"}, {"Origin": "https://elsewhere.example"}])
def test_only_a_form_of_this_very_site_is_kept(village, client, typed, headers):
    end_session(village)
    client.post(ASK, typed, headers=headers)
    assert not village.all(UnsentForm)


def test_an_older_browser_says_only_its_origin(village, client, typed):
    end_session(village)
    client.post(ASK, typed, headers={"Origin": f"http://{village.host}"})
    assert len(village.all(UnsentForm)) == 1


def test_what_is_too_large_is_offered_on_the_page_itself(village, client, typed):
    client.client.delete_cookie("visite", domain=client.host.split(":")[0])
    page = client.post(ASK, {**typed, "what": "long " * 15_000}, headers=HERE)
    assert page.status == 400
    assert page.form(ASK)["what"].startswith("long long"), "sent again by a button, as it was"
    assert not village.all(UnsentForm)


def test_codes_and_passwords_are_never_kept(village, client):
    client.client.delete_cookie("visite", domain=client.host.split(":")[0])
    client.client.delete_cookie("civique", domain=client.host.split(":")[0])
    page = client.post("/connexion/mot-de-passe", {"email": "a@exemple.fr", "password": "un secret"}, headers=HERE)
    assert page.status == 303
    assert "secret" not in village.one(UnsentForm).fields
    assert client.follow(page).form("/connexion/mot-de-passe")["email"] == "a@exemple.fr"


def every_form(base=BaseForm):
    for form in base.__subclasses__():
        yield form
        yield from every_form(form)


def test_every_field_of_a_code_or_a_password_has_a_name_that_is_not_kept(services):
    from tests.fixtures import wsgi

    assert wsgi()
    found = set()
    for form in every_form():
        for name, field in vars(form).items():
            kind, options = getattr(field, "field_class", None), getattr(field, "kwargs", {})
            asked = (options.get("render_kw") or {}).get("autocomplete", "")
            if kind is PasswordField or asked == "one-time-code" or asked.endswith("-password"):
                found.add(name)
    assert found == SECRETS


def test_a_commune_keeps_only_so_many(village, client, typed, monkeypatch):
    monkeypatch.setattr(unsent, "MOST_KEPT", 1)
    end_session(village)
    for _ in range(3):
        client.post(ASK, typed, headers=HERE)
    assert len(village.all(UnsentForm)) == 1


def test_erasing_somebody_erases_it(village, client, nadia, typed):
    from civique.core.held import erase_access
    from civique.core.people.queries import get_person

    end_session(village)
    client.post(ASK, typed, headers=HERE)
    with village.session() as session:
        erase_access(session, get_person(session, nadia.id))
    assert not village.all(UnsentForm)


def test_files_are_not_kept_and_the_page_says_so(village, client, nadia, typed):
    import io

    end_session(village)
    page = client.post(ASK, {**typed, "photo": (io.BytesIO(b"x"), "photo.jpg")}, headers=HERE)
    assert "Choisissez à nouveau vos fichiers" in back_after_signing_in(client, village, nadia, page).words


# An address that only receives forms, opened by a visit -----------------------------------------------------------------


def question_of(village, text="Le lampadaire clignote."):
    from civique.core.questions.operations import receive_question

    with village.session() as session:
        return receive_question(session, text=text, name="Rose", channel="web").id


def test_the_address_of_a_refused_form_shows_the_form_in_another_language(village, desk):
    path = f"/mairie/questions/{question_of(village)}/repondre"
    refused = desk.post(path, {**desk.get(path.rpartition("/")[0]).form(path), "answer": ""}, headers=HERE)
    assert refused.status == 422
    again = desk.get(path)
    assert again.status == 200
    assert again.form(path)
    with village.session() as session:
        assert session.scalars(select(Question.state)).one() == "open"


def test_a_button_s_address_leads_to_the_page_above_and_does_nothing(village, desk):
    path = f"/mairie/questions/{question_of(village)}"
    page = desk.get(f"{path}/prendre?retour=liste")
    assert (page.status, page.location) == (303, f"{path}?retour=liste")
    assert village.one(Question).assignee_id is None
    assert desk.get("/mairie/questions").status == 200, "still signed in"


def test_leaving_by_a_visit_leaves_nobody(village, client):
    assert client.get("/connexion/quitter").status == 303
    assert client.get("/mon-compte").status == 200


def test_a_form_that_comes_from_nowhere_says_what_to_do_next(village, client, typed):
    client.client.delete_cookie("visite", domain=client.host.split(":")[0])
    page = client.post(ASK, typed)
    assert page.status == 400
    assert "Rouvrez le formulaire, puis envoyez-le." in page.words
    assert not village.all(Pickup)
