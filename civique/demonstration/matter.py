"""Ways to put news, dates, questions, documents and letters into a demonstration, with the core's operations."""

import io
from collections.abc import Iterable
from datetime import timedelta

from uuid_utils.compat import uuid7

from civique.core.agenda.operations import plan_event
from civique.core.answers.operations import postpone_answer
from civique.core.cases.operations import move
from civique.core.demonstration import World, draw_picture
from civique.core.documents.operations import add_document, keep_file
from civique.core.gatherings.invitations import invite
from civique.core.gatherings.operations import plan_gathering
from civique.core.gatherings.registrations import open_registration, register
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to
from civique.core.news.operations import publish_article, write_article
from civique.core.people.models import Person
from civique.core.questions.operations import receive_question
from civique.core.questions.workflow import WORKFLOW
from civique.services.pdf import render_pdf
from tenants.session import TenantSession

News = tuple[int, str, str, str, str, str]  # days ago, title, summary, body, scene drawn, what it shows
Date = tuple[int, int, int, str, str, str]  # days ahead, hour, hours it lasts, title, place, organiser


def publish_news(session: TenantSession, world: World, items: Iterable[News]) -> None:
    """Publish news, each some days ago."""
    for days, title, summary, body, scene, shows in items:
        article = write_article(
            session, "news", title, summary=summary, body=body, published_at=world.on(-days, 9 + days % 8)
        )
        article.picture = draw_picture(session, scene, shows, visibility="public")
        publish_article(session, article)


def plan_dates(session: TenantSession, world: World, dates: Iterable[Date]) -> None:
    """Fill the agenda."""
    for days, hour, lasts, title, place, organiser in dates:
        starts = world.on(days, hour)
        known = world.places.get(place)
        plan_event(
            session,
            title=title,
            starts_at=starts,
            ends_at=starts + timedelta(hours=lasts),
            organiser=organiser,
            place_id=known.id if known else None,
            place_text="" if known else place,
            territory_id=known.territory_id if known else None,
        )


def ask(session: TenantSession, world: World, who: Person, text: str, *, days: int, channel: str = "web") -> None:
    """An open question that came some days ago: the answer is due two weeks after, or is late."""
    question = receive_question(
        session,
        text=text,
        name=who.name,
        applicant_id=who.id,
        territory_id=who.territory_id,
        channel=channel,
        created_at=world.on(-days, 10),
    )
    postpone_answer(session, question, world.today - timedelta(days=days - 14))


def ask_and_answer(
    session: TenantSession, world: World, who: Person, text: str, answer: str, *, days: int, channel: str = "web"
) -> None:
    """A question that was answered; on paper, both the receipt and the answer are letters to print."""
    question = receive_question(
        session,
        text=text,
        name=who.name,
        applicant_id=who.id,
        territory_id=who.territory_id,
        channel=channel,
        created_at=world.on(-days, 10),
    )
    session.refresh(question)
    move(session, WORKFLOW, question, "answer", answer=answer)


def ask_in_vain(session: TenantSession, world: World, who: Person, text: str, *, days: int) -> None:
    """A question that was set aside (sent twice, advertisement)."""
    question = receive_question(session, text=text, name=who.name, applicant_id=who.id, created_at=world.on(-days, 10))
    move(session, WORKFLOW, question, "drop")


def file_document(
    session: TenantSession,
    world: World,
    kind: str,
    title: str,
    paragraphs: list[str],
    *,
    days: int,
    number: str = "",
    visibility: str = "public",
) -> None:
    """File a document that says that it is an example."""
    dated = world.today - timedelta(days=days)
    pdf = render_pdf(
        "letter.typ",
        {
            "language": "fr",
            "title": title,
            "sender": {"name": f"Mairie de {session.tenant.name}", "lines": ["Document de démonstration"]},
            "recipient": [],
            "place_and_date": dated.strftime("%d/%m/%Y"),
            "subject_label": "",
            "subject": title,
            "body": [*paragraphs, "Document fictif, fait pour la démonstration."],
            "signature": ["Odile Tilleul, maire"],
        },
    )
    file = keep_file(session, io.BytesIO(pdf), name=f"{title}.pdf", mime="application/pdf", visibility=visibility)
    add_document(session, file, kind=kind, title=title, visibility=visibility, number=number, dated=dated)


def write_letter(session: TenantSession, who: Person, subject: str, *paragraphs: str) -> None:
    """Put a letter on the pile to print (or send it, to somebody with an address)."""
    write_to(
        session,
        who,
        "core.letter",
        lambda: Content(
            subject=subject,
            paragraphs=paragraphs,
            reason="Vous recevez ce courrier parce que vous avez écrit à la mairie.",
        ),
    )


def open_workshop(session: TenantSession, world: World, title: str, *, days: int, place: str) -> None:
    """A workshop of four seats: some registered on the site, by telephone and by invitation, one who waits."""
    at = world.on(days, 18)
    gathering = plan_gathering(
        session, title, at, kind="event", place=place, public=True, series=title, summary="Venez avec vos questions."
    )
    open_registration(session, gathering, seats=4, companions=2, children=True, needs=("diet", "access"))
    one, other, *more = world.residents
    register(session, gathering, name=one.name, person=one, adults=2, needs={"diet": "Sans arachide"}, key=uuid7())
    register(session, gathering, name="Famille Roche", phone="+33241990017", channel="phone", children=1, key=uuid7())
    register(session, gathering, name=other.name, person=other, adults=2, key=uuid7())
    invite(session, gathering, [*more[:1], *world.paper[:1]])
