"""Letters: the pile, one accessible PDF of it, what was printed; and the journal of messages."""

import io
import re
from datetime import timedelta

import pytest
from pypdf import PdfReader

from civique.core import clock
from civique.core.messages.content import Content
from civique.core.messages.models import Message
from civique.core.messages.operations import refuse, write_to
from civique.core.people.models import Person
from civique.core.people.queries import get_person

PILE = "/mairie/courriers"


@pytest.fixture
def write(commune):
    """Writes to somebody, as a module does."""

    def send(person, subject="Votre demande", **options):
        with commune.session() as session:
            known = get_person(session, person.id)
            content = Content(
                subject, ("Nous vous répondons.",), "Vous avez écrit à la mairie.", action=("Suivre", "/x")
            )
            return write_to(session, known, "test.letter", lambda: content, **options)

    return send


def read(page):
    assert page.headers["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(page.response.get_data()))


def words(pdf):
    return [" ".join(page.extract_text().split()) for page in pdf.pages]


def test_the_pile_is_one_tagged_pdf_with_every_letter(secretary, write, on_paper):
    write(on_paper())
    write(on_paper("Marcel", "Durand", locale="en", street="4 rue du Port"), "Second letter")
    page = secretary.get(PILE)
    assert "Jeanne Lebrun" in page.words
    whole = next(link for link in page.links() if "jusqua" in link)
    batch = secretary.get(whole)
    assert batch.title == "2 courriers à imprimer"
    link = next(link for link in batch.links() if ".pdf" in link)
    answer = secretary.get(link)
    assert answer.headers["Cache-Control"] == "no-store"
    pdf = read(answer)
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"].value
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf.trailer["/Root"]["/Metadata"].get_data()
    assert len(pdf.pages) == 2
    first, second = words(pdf)
    assert "Jeanne Lebrun" in first
    assert "Marcel Durand" in second
    assert "Nous vous répondons." in first
    assert secretary.get(link).response.get_data() == answer.response.get_data()
    languages = {str(tag) for tag in _languages(pdf)}
    assert {"fr", "en"} <= languages


def test_each_address_is_in_the_window(secretary, write, on_paper):
    for name in ("Alpha", "Beta"):
        write(on_paper("Anne", name, street=f"1 rue {name}"))
    pdf = read(secretary.get(_pdf_of_the_pile(secretary)))
    for page, name in zip(pdf.pages, ("Alpha", "Beta"), strict=True):
        places = []

        def visit(text, cm, tm, font, size, places=places, name=name):
            if f"1 rue {name}" in text:
                places.append((tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5]))

        page.extract_text(visitor_text=visit)
        millimetres = 25.4 / 72
        x, y = places[0][0] * millimetres, 297 - places[0][1] * millimetres
        assert 100 < x < 190
        assert 45 < y < 79


def test_a_long_letter_counts_its_own_pages(commune, secretary, on_paper):
    for name, paragraphs in (("Longue", 80), ("Courte", 1)):
        person = on_paper("Anne", name)
        with commune.session() as session:
            content = Content("Objet", ("Un paragraphe qui tient sur une ligne.",) * paragraphs, "Raison")
            write_to(session, get_person(session, person.id), "test.letter", lambda content=content: content)
    pages = words(read(secretary.get(_pdf_of_the_pile(secretary))))
    assert len(pages) == 4
    assert [re.search(r"\d / \d", text)[0] if re.search(r"\d / \d", text) else "" for text in pages] == [
        "",
        "1 / 3",
        "2 / 3",
        "3 / 3",
    ]


def test_only_the_ticked_letters_and_those_that_were_there(commune, secretary, write, on_paper):
    first, second = write(on_paper()), write(on_paper("Marcel", "Durand"))
    batch = secretary.get(f"{PILE}/impression?id={first.id}")
    assert "Marcel Durand" not in batch.words
    page = secretary.follow(secretary.post(f"{PILE}/imprimes", batch.form()))
    assert "Un courrier a quitté la pile." in page.text.replace("\u00a0", " ")
    assert commune.one(Message, id=first.id).state == "printed"
    whole = next(link for link in page.links() if "jusqua" in link)
    batch = secretary.get(whole)
    late = write(on_paper("Zoé", "Tardive"))
    secretary.post(f"{PILE}/imprimes", batch.form())
    assert commune.one(Message, id=second.id).state == "printed"
    assert commune.one(Message, id=late.id).state == "to_print"


def test_a_torn_letter_goes_back_on_the_pile(commune, secretary, write, on_paper):
    letter = write(on_paper())
    secretary.post(f"{PILE}/imprimes", secretary.get(f"{PILE}/impression?id={letter.id}").form())
    page = secretary.submit(f"{PILE}/{letter.id}/remettre", on=f"{PILE}?etat=printed")
    assert "Jeanne Lebrun" in secretary.follow(page).words
    assert commune.one(Message, id=letter.id).state == "to_print"


def test_a_letter_without_address_is_said(secretary, write, on_paper):
    letter = write(on_paper(street=None, postal_code=None, city=None))
    assert "n’a pas d’adresse postale" in secretary.get(f"{PILE}/impression?id={letter.id}").words


def test_an_empty_selection_leads_back(secretary):
    for path in ("impression", "impression?id=x", "impression.pdf", "impression.pdf?jusqua=2020-01-01T00:00:00Z"):
        page = secretary.follow(secretary.get(f"{PILE}/{path}"))
        assert "Aucun courrier de cette sélection" in page.text
    assert secretary.get(f"{PILE}/impression?jusqua=hier").status == 404


def test_a_refused_email_became_a_letter_and_says_why(commune, secretary, write):
    person = commune.person("Karim", "Benali")
    message = write(person, "Convocation")
    with commune.session() as session:
        refuse(session, session.get(Message, message.id), "550 no such user")
    page = secretary.get("/mairie/messages?etat=failed")
    assert "Convocation" in page.words
    assert "Un courrier l’a remplacé." in page.words
    page = secretary.get(f"/mairie/messages/{message.id}")
    assert "550 no such user" in page.words
    assert "Karim Benali" in secretary.get(PILE).words


def test_a_message_is_sent_again_by_todays_channel(commune, secretary, write, mailbox):
    person = commune.person("Karim", "Benali")
    message = write(person, "Convocation")
    mailbox()
    page = secretary.follow(
        secretary.submit(f"/mairie/messages/{message.id}/renvoyer", on=f"/mairie/messages/{message.id}")
    )
    assert "repart par courriel" in page.words
    assert len(mailbox()) == 2
    with commune.session() as session:
        session.get(Person, person.id).channel = "letter"
    secretary.submit(f"/mairie/messages/{message.id}/renvoyer", on=f"/mairie/messages/{message.id}")
    assert len(commune.all(Message, state="to_print")) == 1


def test_codes_are_never_shown_to_a_colleague(commune, secretary, write):
    person = commune.person("Karim", "Benali")
    message = write(person, "Votre code : 123456", secret=True)
    for path in ("/mairie/messages", f"/mairie/messages/{message.id}", "/mairie/messages?q=123456"):
        assert "123456" not in secretary.get(path).words.replace("q=123456", ""), path
    assert b"123456" not in secretary.get("/mairie/messages?format=csv").response.get_data()
    token = secretary.get("/mairie/saisir/personne?pour=desk_counter.question").form()
    assert secretary.post(f"/mairie/messages/{message.id}/renvoyer", token).status == 409


def test_messages_of_the_neighbour_do_not_exist_here(neighbour, secretary):
    from civique.core.people.operations import register_person

    with neighbour.session() as session:
        person = register_person(session, "Voisine", "Lointaine")
        message = write_to(session, person, "test.x", lambda: Content("Chez eux", ("…",), "…"))
    assert secretary.get(f"/mairie/messages/{message.id}").status == 404
    assert secretary.get(f"{PILE}/impression.pdf?id={message.id}").status == 303
    assert "Lointaine" not in secretary.get("/mairie/messages").words


def test_who_may_not_print_sees_nothing(commune):
    client = commune.client(commune.person("Paul", "Roy", "elected"))
    for path in (PILE, f"{PILE}/impression.pdf", "/mairie/messages"):
        assert client.get(path).status == 403


def _pdf_of_the_pile(client):
    later = (clock.now() + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{PILE}/impression.pdf?jusqua={later}"


def _languages(pdf):
    """Languages said in the structure of a document."""
    found, todo = set(), [pdf.trailer["/Root"]["/StructTreeRoot"]]
    while todo:
        node = todo.pop()
        if not hasattr(node, "get"):
            continue
        if node.get("/Lang"):
            found.add(node["/Lang"])
        children = node.get("/K", [])
        children = children if isinstance(children, list) else [children]
        todo += [child.get_object() if hasattr(child, "get_object") else child for child in children]
    return found | {pdf.trailer["/Root"]["/Lang"]}
