"""A commune that is read-only offers no form: what would be refused is not asked."""

import re

from flask import current_app, request
from markupsafe import escape
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from tenants.session import current_tenant

OPEN_WHEN_SUSPENDED = frozenset({"access", "account", "exports"})
"""Blueprints whose routes stay open when a commune is suspended: entering, leaving, taking one's data."""
FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>.*?</form>', re.S)
ACTION = re.compile(r'\baction="([^"?]*)')


def close_forms(response: Response) -> Response:
    """After the view: in place of each form that writes, a word; a button goes."""
    if not current_tenant().read_only or response.mimetype != "text/html" or response.direct_passthrough:
        return response
    response.set_data(FORM.sub(_closed, response.get_data(as_text=True)))
    return response


def _closed(form: re.Match[str]) -> str:
    start = form.group().partition(">")[0]
    action = ACTION.search(start)
    if _blueprint(action.group(1) if action else request.path) in OPEN_WHEN_SUSPENDED:
        return form.group()
    if 'class="inline"' in start:
        return ""
    sentence = _("This site is read-only for the moment: nothing can be sent.")
    return f'<p class="note">{escape(sentence)}</p>'


def _blueprint(path: str) -> str:
    """Blueprint that takes what is sent to a path of this site."""
    adapter = current_app.create_url_adapter(request)
    try:
        endpoint = str(adapter.match(path, method="POST")[0]) if adapter else ""
    except HTTPException:
        return ""
    return endpoint.rpartition(".")[0]
