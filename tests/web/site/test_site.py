"""The public site: news, pages, agenda, search, contact, legal pages, feeds, languages, the block to embed."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import icalendar
import pytest
from sqlalchemy import select

from civique.core import clock, i18n, settings
from civique.core import commune as commune_settings
from civique.core.agenda import operations as agenda
from civique.core.answers.models import AnswerDue
from civique.core.news import operations as articles
from civique.core.questions.models import Question
from civique.core.refused import Refused
from civique.core.territory.models import Place
from civique.web import theme
from tests.fixtures import in_loire_authion


def publish(commune, title="Travaux à l’école", body="Du **texte**.", kind="news"):
    with commune.session() as session:
        article = articles.write_article(session, kind, title, summary="En bref.", body=body)
        articles.publish_article(session, article)
    return article


def test_news_is_read_drafts_are_not(commune):
    article = publish(commune)
    page = commune.client().get(f"/actualites/{article.slug}")
    assert page.title == "Travaux à l’école"
    assert "<strong>texte</strong>" in page.text
    with commune.session() as session:
        draft = articles.write_article(session, "news", "Secret", body="x")
    assert commune.client().get(f"/actualites/{draft.slug}").status == 404
    secretary = commune.client(commune.person("Sylvie", "Secrétaire", "secretary"))
    assert secretary.get(f"/actualites/{draft.slug}").status == 200


@pytest.mark.parametrize("words", ["ecole", "École", "ÉCOLES", "travaux ecole", "trav"])
def test_search_ignores_accents_case_and_endings(commune, words):
    publish(commune)
    assert "Travaux à l’école" in commune.client().get("/recherche", query={"q": words}).words


@pytest.mark.parametrize("words", ["'", "a:*", "& | !", "<script>", "\\", "%", "x" * 500])
def test_search_takes_anything(commune, words):
    assert commune.client().get("/recherche", query={"q": words}).status == 200


def test_search_forgets_what_is_withdrawn(commune):
    article = publish(commune)
    with commune.session() as session:
        articles.withdraw_article(session, session.merge(article))
    assert "Travaux" not in commune.client().get("/recherche", query={"q": "travaux"}).words.replace("travaux", "")


def test_markdown_runs_nothing(commune):
    bad = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>\n\n# Titre"
    article = publish(commune, body=bad)
    text = commune.client().get(f"/actualites/{article.slug}").text
    assert "<script>alert" not in text
    assert 'href="javascript:' not in text
    assert "<img src=x" not in text
    assert "<h2>Titre</h2>" in text


def event(commune, **facts):
    with commune.session() as session:
        starts = facts.pop("starts_at", clock.now() + timedelta(days=2))
        return agenda.plan_event(session, title="Fête; de la, Loire", starts_at=starts, **facts)


def test_agenda_shows_what_comes_and_what_is_cancelled(commune):
    planned = event(commune)
    with commune.session() as session:
        agenda.cancel_event(session, session.merge(planned))
    page = commune.client().get("/agenda")
    assert "Fête; de la, Loire" in page.words
    assert "Annulé" in page.words


def test_options_and_private_events_are_not_public(commune):
    option = event(commune, state="option")
    private = event(commune, public=False)
    for row in (option, private):
        assert commune.client().get(f"/agenda/{row.id}").status == 404
        assert commune.client().get(f"/agenda/{row.id}.ics").status == 404
    assert "Fête" not in commune.client().get("/agenda").words


def test_agenda_in_icalendar_is_read_back(commune):
    planned = event(commune, summary="Ligne une\nligne deux, avec; des signes", place_text="Salle, Corné")
    calendar = icalendar.Calendar.from_ical(commune.client().get("/agenda.ics").response.data)
    (entry,) = calendar.walk("VEVENT")
    assert entry["SUMMARY"] == "Fête; de la, Loire"
    assert entry.decoded("DTSTART") == planned.starts_at.replace(microsecond=0)
    assert entry["LOCATION"] == "Salle, Corné"


@pytest.mark.parametrize("path", ["/actualites.atom", "/agenda.atom"])
def test_feeds_are_atom_and_answer_304(commune, path):
    publish(commune)
    event(commune)
    page = commune.client().get(path)
    root = ET.fromstring(page.text)
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert len(root.findall("{http://www.w3.org/2005/Atom}entry")) == 1
    assert commune.client().get(path, headers={"If-None-Match": page.headers["ETag"]}).status == 304


def test_same_place_same_time_is_refused_age_02(commune):
    with commune.session() as session:
        place = Place(kind="hall", name="Salle", folded="salle")
        session.add(place)
        session.flush()
        day = datetime(2027, 1, 5, 18, tzinfo=UTC)
        agenda.plan_event(session, title="Un", starts_at=day, ends_at=day + timedelta(hours=2), place_id=place.id)
        with pytest.raises(Refused) as refused:
            agenda.plan_event(
                session,
                title="Deux",
                starts_at=day + timedelta(hours=1),
                ends_at=day + timedelta(hours=3),
                place_id=place.id,
            )
        assert refused.value.rule == "AGE-02"
        session.rollback()


def test_a_question_gets_a_receipt_and_opens_an_answer_due(commune, mailbox):
    client = commune.client()
    page = client.submit(
        "/signaler", {"text": "Un nid-de-poule\nrue du Port", "name": "Ali", "email": "ali@exemple.fr"}
    )
    page = client.follow(page)
    question = commune.one(Question)
    assert question.reference in page.words
    due = commune.one(AnswerDue)
    assert (due.title, due.state) == ("Un nid-de-poule", "due")
    (message,) = mailbox()
    assert (message["To"], question.reference in message["Subject"]) == ("ali@exemple.fr", True)


def test_a_receipt_is_kept_by_nobody_and_never_another_ones(commune):
    first, second = commune.client(), commune.client()
    for client, text in ((first, "Un nid-de-poule"), (second, "Un banc cassé")):
        client.submit("/signaler", {"text": text, "name": "Ali", "email": "ali@exemple.fr"})
    receipt = first.get("/signaler/recu")
    assert receipt.headers["Cache-Control"] == "no-store"
    assert "ETag" not in receipt.headers
    page = second.get("/signaler/recu", headers={"If-None-Match": receipt.headers.get("ETag", '"x"')})
    assert page.status == 200
    assert commune.one(Question, text="Un banc cassé").reference in page.words


def test_a_question_without_a_way_to_answer_is_kept_and_explained(commune):
    page = commune.client().submit("/signaler", {"text": "Bonjour", "name": "Ali"})
    assert page.status == 422
    assert page.form("/signaler")["text"] == "Bonjour"
    assert commune.all(Question) == []


def test_two_clicks_one_question(commune):
    client = commune.client()
    form = {**client.get("/signaler").form("/signaler"), "text": "x", "name": "Ali", "email": "ali@exemple.fr"}
    assert [client.post("/signaler", form).status for _ in range(3)] == [303] * 3
    assert len(commune.all(Question)) == 1


@in_loire_authion
def test_villages_disappear_where_there_are_none(commune, neighbour):
    assert "territory_id" in commune.client().get("/signaler").form("/signaler")
    assert "territory_id" not in neighbour.client().get("/signaler").form("/signaler")


@pytest.mark.parametrize(
    ("asked", "word"),
    [("en-GB,en;q=0.9", "Welcome"), ("de", "Bienvenue"), ("", "Bienvenue"), ("fr-FR,fr;q=0.9,en;q=0.8", "Bienvenue")],
)
def test_the_first_visit_follows_the_browser(commune, asked, word):
    """A language that we do not speak: French."""
    client = commune.client()
    page = client.get("/", headers={"Accept-Language": asked})
    assert word in page.title
    assert "Accept-Language" in page.headers["Vary"]


def test_the_choice_of_a_language_wins_over_the_browser(commune):
    client = commune.client()
    client.get("/langue/fr?suite=/")
    assert "Bienvenue" in client.get("/", headers={"Accept-Language": "en"}).title
    client.get("/langue/en?suite=/")
    assert "Welcome" in client.get("/", headers={"Accept-Language": "fr"}).title


def test_a_page_is_kept_by_language(commune):
    client = commune.client()
    etag = client.get("/", headers={"Accept-Language": "fr"}).headers["ETag"]
    same = {"If-None-Match": etag}
    assert client.get("/", headers={"Accept-Language": "en", **same}).status == 200
    unchanged = client.get("/", headers={"Accept-Language": "fr", **same})
    assert unchanged.status == 304
    assert "Accept-Language" in unchanged.headers["Vary"]


def test_the_language_of_a_visit_does_not_outlive_it(commune):
    client = commune.client()
    client.get("/langue/en")
    assert client.get("/").status == 200
    assert i18n.get_locale() == "fr"


def test_a_page_in_another_language_is_another_page_for_the_browser(commune):
    client = commune.client()
    etag = client.get("/").headers["ETag"]
    client.get("/langue/en")
    assert client.get("/", headers={"If-None-Match": etag}).status == 200


def test_a_change_makes_the_page_new(commune):
    client = commune.client()
    etag = client.get("/").headers["ETag"]
    assert client.get("/", headers={"If-None-Match": etag}).status == 304
    publish(commune)
    assert client.get("/", headers={"If-None-Match": etag}).status == 200


def test_pages_with_a_form_or_a_person_are_kept_by_nobody(commune):
    assert commune.client().get("/signaler").headers["Cache-Control"] == "no-store"
    assert commune.client(commune.person()).get("/").headers["Cache-Control"] == "no-store"


def test_only_the_block_may_be_framed(commune):
    assert "frame-ancestors 'none'" in commune.client().get("/").headers["Content-Security-Policy"]
    assert "frame-ancestors *" in commune.client().get("/bloc").headers["Content-Security-Policy"]


def test_accessibility_is_not_compliant_until_an_audit(commune):
    assert "non conforme" in commune.client().get("/").text
    with commune.session() as session:
        settings.put(session, commune_settings.Accessibility(audited_on="2026-10-01", auditor="X", rate=62))
    assert "partiellement conforme" in commune.client().get("/").text


@pytest.mark.parametrize("path", ["/mentions-legales", "/accessibilite", "/donnees-personnelles", "/hors-ligne"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_of_the_law(commune, path, language):
    client = commune.client()
    client.get(f"/langue/{language}")
    assert client.get(path).status == 200


@pytest.mark.parametrize("colour", ["#ffff00", "#ffffff", "#000000", "#777777", "#1c5d7d", "not a colour"])
def test_any_colour_is_made_readable(colour):
    brand = theme.parse(theme.corrected(colour))
    assert theme.contrast(brand, theme.WHITE) >= 4.5


def test_colour_changes_the_address_of_its_style_sheet(commune):
    before = commune.client().get("/").text
    with commune.session() as session:
        settings.change(session, commune_settings.Identity, colour="#7a1f2b")
    after = commune.client().get("/").text
    assert before.count("/theme-") == after.count("/theme-") == 1
    assert before.split("/theme-")[1][:10] != after.split("/theme-")[1][:10]


def test_manifest_names_files_that_exist(commune):
    client = commune.client()
    for icon in client.get("/manifest.webmanifest").response.get_json()["icons"]:
        assert client.get(icon["src"]).status == 200


def test_a_file_of_the_mairie_is_not_public(commune, neighbour):
    import io

    from civique.core.documents.operations import keep_file

    with commune.session() as session:
        file = keep_file(session, io.BytesIO(b"%PDF-1.7"), name="a.pdf", mime="application/pdf", visibility="staff")
    path = f"/fichiers/{file.id}/a.pdf"
    assert commune.client().get(path).status == 404
    assert commune.client(commune.person("Nadia", "Habitante")).get(path).status == 404
    assert neighbour.client(neighbour.person("Odile", "Voisine", "administrator")).get(path).status == 404
    secretary = commune.person("Sylvie", "Secrétaire", "secretary")
    weak = commune.client(secretary, strong=False).get(path)
    assert (weak.status, weak.location.partition("?suite=")[2]) == (303, path), "the second factor, as for the pages"
    assert commune.client(secretary).get(path).status == 200


def test_a_file_with_a_permission_is_read_by_who_has_it(commune):
    import io

    from civique.core.documents.operations import keep_file

    with commune.session() as session:
        kept = {
            asked: keep_file(session, io.BytesIO(b"%PDF-1.7"), name="a.pdf", mime="application/pdf", permission=asked)
            for asked in ("core.settings", "gone.module")
        }
    paths = {asked: f"/fichiers/{file.id}/a.pdf" for asked, file in kept.items()}
    administrator = commune.client(commune.person("Ada", "Ministre", "administrator"))
    secretary = commune.client(commune.person("Sylvie", "Secrétaire", "secretary"))
    assert [administrator.get(path).status for path in paths.values()] == [200, 404], "a module that is no longer there"
    assert [secretary.get(path).status for path in paths.values()] == [404, 404]


@in_loire_authion
def test_the_seven_communes_deleguees_are_there(commune):
    from civique.core.territory.models import Territory

    with commune.session() as session:
        names = session.scalars(select(Territory.name).where(Territory.kind == "delegated")).all()
    assert len(names) == 7
    assert "Brain-sur-l’Authion" in names
