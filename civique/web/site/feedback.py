"""« Votre avis »: a short questionnaire, opened by a link or by the code of a letter."""

from hashlib import sha256
from uuid import UUID

from flask import Blueprint, abort, url_for
from werkzeug.wrappers import Response

from civique.core.feedback.declarations import Questionnaire
from civique.core.feedback.operations import keep_answers
from civique.core.feedback.queries import is_answered, questionnaires
from civique.core.i18n import gettext as _
from civique.core.passes.models import AccessPass
from civique.core.passes.operations import opened_row
from civique.web.access import PUBLIC, allow
from civique.web.application import limiter
from civique.web.feedback import answer_form
from civique.web.pages import go, page
from civique.web.passes import opened, pin_page
from civique.web.submit import submit
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("feedback", __name__, url_prefix="/avis")


@blueprint.route("", methods=["GET", "POST"])
@allow(PUBLIC)
@limiter.limit("30 per hour", methods=["POST"])
def pin() -> Response:
    """The reference and the code of a letter."""
    return pin_page(_purposes(), _("Your opinion"), url_for("feedback.pin"), lambda token: _path(token))


@blueprint.route("/<token>", methods=["GET", "POST"])
@allow(PUBLIC)
@limiter.limit("60 per hour", methods=["POST"])
def answer(token: str) -> Response:
    """The questions; who was invited answers once."""
    found = opened(_purposes(), token)
    asked = next(one for one in _asked().values() if one.purpose == found.purpose)
    if asked.model is None:
        abort(404)
    row = opened_row(db.session, found, asked.model)
    key = _key_of(found, token)
    if key is not None and is_answered(db.session, key):
        return go("feedback.thanks")
    form = answer_form(asked)
    return submit(
        form,
        lambda: keep_answers(db.session, asked, row, form.answers(asked), channel="web", key=key or form.once.data),
        again=lambda: page(
            "site/feedback.html",
            form=form,
            asked=asked,
            about=asked.title(row),
            action=_path(token),
            once=key is not None,
        ),
        to=url_for("feedback.thanks"),
    )


@blueprint.get("/merci")
@allow(PUBLIC)
def thanks() -> Response:
    """What becomes of it."""
    return page("site/feedback_thanks.html")


def _asked() -> dict[str, Questionnaire]:
    return questionnaires(current_tenant().modules)


def _purposes() -> list[str]:
    return [one.purpose for one in _asked().values()]


def _path(token: str) -> str:
    return url_for("feedback.answer", token=token)


def _key_of(found: AccessPass, token: str) -> UUID | None:
    """Key of the only answer of a personal link: made of the link, which is kept nowhere, so that nothing in the database
    says who answered what. None for a link that is everybody's."""
    if found.person_id is None and found.pin_hash is None:
        return None
    return UUID(bytes=sha256(b"answer" + token.encode()).digest()[:16])
