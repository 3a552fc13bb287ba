"""The paper channel (§1.9): any public form as an A4 page to fill in by hand, with a reference and a QR code to its page.

A module describes its form as sections of items; what was typed already is printed instead of empty lines.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from civique.core import commune, settings
from civique.core.config import ROOT
from civique.core.i18n import get_locale
from civique.core.i18n import gettext as _
from civique.services.communes import Article, name_with_de
from tenants.session import TenantSession

TEMPLATE = ROOT / "templates" / "_paper" / "form.typ"
POSTER = TEMPLATE.with_name("poster.typ")


@dataclass(frozen=True)
class Lines:
    """A label, then lines to write on."""

    label: str
    count: int = 1
    hint: str = ""
    kind: str = "lines"


@dataclass(frozen=True)
class Value:
    """A label and what was said already."""

    label: str
    text: str
    kind: str = "value"


@dataclass(frozen=True)
class Choices:
    """Boxes to tick; ``chosen`` is the label of the one that was ticked."""

    label: str
    labels: tuple[str, ...]
    chosen: str = ""
    kind: str = "choices"


@dataclass(frozen=True)
class Tick:
    """One box with a sentence."""

    text: str
    chosen: bool = False
    kind: str = "tick"


@dataclass(frozen=True)
class Table:
    """Rows filled in, then ``blank`` empty ones. ``widths`` are shares of the page's width."""

    label: str
    columns: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...] = ()
    blank: int = 0
    kind: str = "table"


Item = Lines | Value | Choices | Tick | Table


@dataclass(frozen=True)
class Section:
    """A heading and what it asks."""

    heading: str
    items: Sequence[Item]
    note: str = ""


@dataclass(frozen=True)
class PaperForm:
    """A form to print. ``path`` is the page that the QR code opens, ``code`` what names the form or the
    file; ``comes_back`` prints where to give it back, what becomes of it, and where the mairie writes the day it came;
    ``shown`` says what of it others read."""

    title: str
    code: str
    path: str
    sections: Sequence[Section]
    introduction: Sequence[str] = field(default=())
    comes_back: bool = True
    shown: str = ""


def who_asks() -> list[Item]:
    """What is asked of whoever fills in a form."""
    return [Lines(_("First and last names")), Lines(_("Address")), Lines(_("Telephone, e-mail if you have one"))]


def request_form(title: str, code: str, path: str, asked: Sequence[Item]) -> PaperForm:
    """The usual form of a request: who asks, what, the signature."""
    signed = Lines(_("Date and signature"), 2)
    sections = (Section(_("Who are you?"), who_asks()), Section(_("Your request"), [*asked, signed]))
    return PaperForm(title=title, code=code, path=path, sections=sections)


@dataclass(frozen=True)
class BlankForm:
    """A form that the back office prints to be filled in by hand, as a manifest declares it.

    Args:
        endpoint: the page that gives the PDF.
        permission: who may print it; everybody without one.
        copies: those there are today, each with what it is about in words and the arguments of its address; not listed
            when there is none. Without it there is always one.
    """

    label: Any
    endpoint: str
    summary: Any = ""
    permission: str | None = None
    copies: Callable[[TenantSession], Iterable[tuple[str, dict[str, Any]]]] | None = None


def render_form(session: TenantSession, form: PaperForm) -> bytes:
    """The form as an accessible PDF (PDF/UA-1), from the mairie and addressed to it."""
    from civique.services.pdf import render_pdf

    return render_pdf(TEMPLATE, form_data(session, form))


def form_data(session: TenantSession, form: PaperForm) -> dict[str, Any]:
    """What the template reads of a form: alone, or one of the documents of a PDF (``core.personalised``)."""
    tenant = session.tenant
    contact = settings.get(session, commune.Contact)
    sender = commune.sender_name(tenant, settings.get(session, commune.Identity))
    address = f"{commune.site_address(tenant)}{form.path}"
    by_hand = [*contact.postal_lines, *([contact.phone_shown] if contact.phone else [])]
    svg = qr_file(address, form.title)
    return {
        "language": get_locale(),
        "title": form.title,
        "sender": {"name": sender, "lines": by_hand},
        "to": {
            "label": _("Give it back at the town hall, or send it to:") if form.comes_back else "",
            "lines": [sender, *contact.postal_lines],
        },
        "code": {"label": _("Reference:"), "text": form.code},
        "qr": {
            "svg": svg,
            "alt": _("Code to scan: leads to %(address)s", address=address),
            "text": address.partition("://")[2],
        },
        "introduction": list(form.introduction),
        "sections": [_section(section) for section in form.sections],
        "ours": [_("For the town hall: received on"), _("by"), _("number given")] if form.comes_back else [],
        "notice": _notice(sender, contact, form.shown) if form.comes_back else "",
        "footer": f"{form.title} – {form.code}",
    }


def _notice(sender: str, contact: commune.Contact, shown: str) -> str:
    """What becomes of what is written (art. 13 GDPR)."""
    write = contact.data_protection_contact or contact.email or ", ".join((sender, *contact.postal_lines))
    common = _(
        "Your data: the town hall uses what you write here to examine and answer your request, and for nothing else. It keeps it as long as its archives must, and gives it to nobody else. You may read it, correct it or have it erased: %(contact)s. If you are not heard: www.cnil.fr.",
        contact=write,
    )
    return f"{common} {shown}".strip()


def poster_pdf(session: TenantSession) -> bytes:
    """A poster for the notice board: what one does on the commune's site, its address and its code to scan."""
    from civique.services.pdf import render_pdf

    address, contact = commune.site_address(session.tenant), settings.get(session, commune.Contact)
    title = _("The site of %(commune)s is open", commune=session.tenant.name, de_commune=_de(session))
    alternative = _("Code to scan: leads to %(address)s", address=address)
    return render_pdf(
        POSTER,
        {
            "language": get_locale(),
            "title": title,
            "sender": commune.sender_name(session.tenant, settings.get(session, commune.Identity)),
            "deeds": [_("Find out"), _("Report"), _("Take part")],
            "qr": {"svg": qr_file(address, title), "alt": alternative},
            "address": address.partition("://")[2],
            "help": _("No Internet? The town hall does it with you, on paper or by telephone."),
            "lines": [line for line in (*contact.postal_lines, contact.phone_shown) if line],
        },
    )


def _de(session: TenantSession) -> str:
    identity = settings.get(session, commune.Identity)
    return name_with_de(session.tenant.name, Article(identity.article))


def qr_file(address: str, label: str) -> str:
    """A QR code as a file: an SVG with its namespace."""
    from civique.services.qr import qr_svg

    return qr_svg(address, label=label).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def _section(section: Section) -> dict[str, Any]:
    return {"heading": section.heading, "note": section.note, "items": [_item(item) for item in section.items]}


def _item(item: Item) -> dict[str, Any]:
    if isinstance(item, Choices):
        boxes = [{"label": label, "chosen": label == item.chosen} for label in item.labels]
        return {"kind": item.kind, "label": item.label, "choices": boxes}
    return asdict(item)
