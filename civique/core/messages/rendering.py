"""A message as an e-mail (text and HTML) or as a letter (PDF)."""

import re
from collections.abc import Callable, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from civique.core import commune, i18n, settings
from civique.core.config import ROOT, config
from civique.core.messages.content import Content
from civique.core.messages.models import Message
from civique.services.qr import qr_picture
from tenants.session import TenantSession

IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


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


def as_letters(
    session: TenantSession, messages: Sequence[Message], written: Callable[[int], None] = lambda done: None
) -> bytes:
    """Letters to print, one after the other, as one accessible PDF, each in its reader's language.

    A single letter makes a document in its language; a pile has a title in the language of who prints it.

    Args:
        written: told how many letters are written so far.

    Raises:
        ValueError: there is no letter.
    """
    from civique.services.pdf import render_pdf

    if not messages:
        raise ValueError("no letter to print")
    letters = []
    for message in messages:
        with i18n.speaking(message.locale):
            letters.append(_letter(session, message))
        written(len(letters))
    title, language = letters[0]["subject"], letters[0]["language"]
    if len(letters) > 1:
        language = i18n.get_locale()
        title = i18n.ngettext("One letter to print", "%(num)s letters to print", len(letters))
    author = commune.sender_name(session.tenant, settings.get(session, commune.Identity))
    return render_pdf("letter.typ", {"title": title, "author": author, "language": language, "letters": letters})


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
        # Nobody reads the address that messages leave from.
        "write_at": "/aide" if tenant.is_platform else "/signaler",
        "locale": message.locale,
        "person": message.person,
    }


def _letter(session: TenantSession, message: Message) -> dict[str, Any]:
    """Data of one letter, as ``letter.typ`` describes them."""
    context = _context(session, message)
    content: Content = context["content"]
    contact: commune.Contact = context["contact"]
    body = [
        *_told(content.case),
        *content.paragraphs,
        *(label + i18n.gettext(": ") + value for label, value in content.lines),
    ]
    if content.code:
        body.append(content.code)
    if content.action:
        path = content.on_paper or content.action[1]
        body.append(i18n.gettext("On our site: %(address)s", address=_typed(context["site"], path)))
    body += [label + i18n.gettext(": ") + value for label, value in content.typed]
    if message.person:
        body.insert(0, i18n.gettext("Hello %(name)s,", name=message.person.name))
    return {
        "language": message.locale,
        "sender": {
            "name": context["sender"],
            "lines": [line for line in (*contact.postal_lines, contact.phone_shown, contact.email) if line],
        },
        "recipient": _postal_lines(message),
        "place_and_date": i18n.gettext(
            "%(place)s, %(date)s", place=session.tenant.name, date=i18n.long_date(message.created_at, weekday=False)
        ),
        "subject_label": i18n.gettext("Subject:"),
        "subject": content.subject,
        "body": body,
        "code": _picture(context["site"], content),
        "signature": [line for line in (contact.signed_by, context["sender"]) if line],
        # The reason is written once for both ways; a letter calls itself a letter.
        "footer": content.reason.replace(i18n.gettext("this message"), i18n.gettext("this letter"), 1),
    }


def _picture(site: str, content: Content) -> dict[str, str] | None:
    """The link of a message as a picture for a telephone, with what it leads to."""
    if not content.on_paper or not content.action:
        return None
    label, path = content.action
    return {"svg": qr_picture(site + path), "alt": label}


def _told(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Headings and sentences, one a paragraph; a heading that asks keeps its question mark alone."""
    return [f"{label} {text}" for label, text in pairs]


def _typed(site: str, path: str) -> str:
    """An address that somebody can type from paper: without scheme, and without the path when it holds an identifier."""
    return site.partition("//")[2] + ("" if IDENTIFIER.search(path) else path)


def _postal_lines(message: Message) -> list[str]:
    """What the envelope's window shows."""
    return message.person.postal_lines if message.person else [message.address or ""]
