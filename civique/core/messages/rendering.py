"""A message as an e-mail (text and HTML) or as a letter (PDF)."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from civique.core import commune, i18n, settings
from civique.core.config import ROOT, config
from civique.core.messages.content import Content
from civique.core.messages.models import Message
from tenants.session import TenantSession


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates" / "_mail"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment


def as_email(session: TenantSession, message: Message) -> EmailMessage:
    """Compose the e-mail of a message, in its language, with the mairie as the one who answers."""
    with i18n.speaking(message.locale):
        context = _context(session, message)
        text = _templates().get_template("message.txt").render(context)
        html = _templates().get_template("message.html").render(context)
    email = EmailMessage()
    email["Subject"] = context["content"].subject
    email["From"] = Address(context["sender"], addr_spec=config().mail_from)
    email["To"] = message.address
    if context["contact"].email:
        email["Reply-To"] = context["contact"].email
    email["Date"] = format_datetime(message.created_at)
    email["Message-ID"] = f"<{message.id}@{config().base_domain}>"
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(text)
    email.add_alternative(html, subtype="html")
    return email


def as_letters(session: TenantSession, messages: list[Message]) -> bytes:
    """Letters to print, one after the other, as one accessible PDF."""
    from civique.services.pdf import render_pdf

    letters = []
    for message in messages:
        with i18n.speaking(message.locale):
            letters.append(_letter(session, message))
    return render_pdf(Path(ROOT / "templates" / "_mail" / "letters.typ"), {"letters": letters})


def _context(session: TenantSession, message: Message) -> dict[str, Any]:
    content = Content.from_json(message.content)
    tenant = session.tenant
    identity = settings.get(session, commune.Identity)
    return {
        "content": content,
        "contact": settings.get(session, commune.Contact),
        "sender": commune.sender_name(tenant, identity),
        "colour": identity.colour,
        "site": commune.site_address(tenant),
        "locale": message.locale,
        "person": message.person,
    }


def _letter(session: TenantSession, message: Message) -> dict[str, Any]:
    context = _context(session, message)
    content: Content = context["content"]
    contact: commune.Contact = context["contact"]
    person = message.person
    lines = [f"{label}{i18n.gettext(': ')}{value}" for label, value in content.lines]
    address = person.postal_lines if person else []
    where = (
        [i18n.gettext("On our site: %(address)s", address=context["site"] + content.action[1])]
        if content.action
        else []
    )
    return {
        "lang": message.locale,
        "sender": [context["sender"], *contact.postal_lines, contact.phone_shown],
        "recipient": address,
        "place_and_date": i18n.gettext(
            "%(place)s, %(date)s", place=session.tenant.name, date=i18n.long_date(message.created_at, weekday=False)
        ),
        "subject": content.subject,
        "paragraphs": [*content.paragraphs, *lines, *where],
        "signature": context["sender"],
        "reason": content.reason,
    }
