"""Pages that a pass opens: its link, or the form where its reference and its code are typed."""

from collections.abc import Callable, Collection
from typing import Any

from flask import abort
from werkzeug.wrappers import Response
from wtforms import StringField

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.passes.models import AccessPass
from civique.core.passes.operations import open_by_pin, open_pass, token_of
from civique.core.refused import Refused
from civique.web.conditional import personal
from civique.web.errors import error_page
from civique.web.forms import BaseForm, at_most, required
from civique.web.pages import page
from civique.web.submit import submit
from tenants.db import db


class PinForm(BaseForm):
    """What a letter holds for somebody without e-mail."""

    reference = StringField(
        _l("Reference on the letter"),
        [required(_l("Write the reference.")), at_most(40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "placeholder": "K7Q2-M4XP"},
    )
    pin = StringField(
        _l("Code of six digits"),
        [required(_l("Write the code.")), at_most(20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


def opened(purpose: str | Collection[str], token: str) -> AccessPass:
    """What the link of this page opens; a page says why it opens nothing, and the answer is kept by nobody."""
    personal()
    try:
        return open_pass(db.session, purpose, token)
    except Refused as refused:
        status = 404 if refused.rule == "unknown_pass" else 410
        abort(error_page(status, _("This link does not open"), str(refused)))


def pin_page(
    purpose: str | Collection[str],
    title: Any,
    action: str,
    leads_to: Callable[[str], str],
    template: str = "site/pin.html",
) -> Response:
    """The page where a reference and its code are typed. Its route is limited (``limiter``) and takes GET and POST.

    Args:
        title: what it is for.
        action: its own address.
        leads_to: address of the page of a token.
        template: of the page; it extends ``site/pin.html``.
    """
    form = PinForm()
    return submit(
        form,
        lambda: open_by_pin(db.session, purpose, form.reference.data or "", form.pin.data or ""),
        again=lambda: page(template, form=form, title=title, action=action),
        to=lambda row: leads_to(token_of(row)),
    )
