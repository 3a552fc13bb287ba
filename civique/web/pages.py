"""Answering: one URL and one template for the page and its fragment, redirections that htmx understands, notices."""

import json
from typing import Any

from flask import current_app, flash, g, make_response, render_template, request, url_for
from werkzeug.wrappers import Response


def partial() -> bool:
    """Whether htmx asks for a fragment of the page."""
    return request.headers.get("HX-Request-Type") == "partial"


def page(template: str, block: str | None = None, status: int = 200, **context: Any) -> Response:
    """Render a page; when htmx asked for a fragment, only the block of the same template.

    Args:
        block: name of the block that a fragment request receives, of the template or of one that it extends. Without it,
            always the whole page.
    """
    if block and partial():
        response = make_response(_block(template, block, context), status)
    else:
        response = make_response(render_template(template, **context), status)
    response.vary.update(("Accept-Language", "Cookie", "HX-Request-Type"))
    return response


def _block(name: str, block: str, context: dict[str, Any]) -> str:
    """One block of a page. The page is begun, and left at its first word: by then the templates that it extends have said
    their blocks."""
    current_app.update_template_context(context)
    template = current_app.jinja_env.get_template(name)
    begun = template.new_context(context)
    next(template.root_render_func(begun))
    return current_app.jinja_env.concat(begun.blocks[block][0](begun))


def go(endpoint: str, **values: Any) -> Response:
    """Lead to another page: 303 for a browser, 204 and ``HX-Location`` for htmx (fetch would follow a 303 and swap the
    whole page into the widget)."""
    return go_path(url_for(endpoint, **values) if not endpoint.startswith("/") else endpoint)


def go_path(path: str) -> Response:
    """Lead to a path of this site."""
    if request.headers.get("HX-Request") == "true":
        response = current_app.response_class(status=204)
        response.headers["HX-Location"] = json.dumps({"path": path, "target": "body", "swap": "innerHTML show:top"})
        return response
    return current_app.response_class(status=303, headers={"Location": path})


def as_pdf(body: bytes, name: str) -> Response:
    """A PDF shown in the browser and kept by nobody else.

    Args:
        name: of the file, without its ending.
    """
    response = current_app.response_class(body, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


def notice(text: str, tone: str = "ok") -> None:
    """Say something once on the next page: ``ok``, ``wait`` or ``stop``."""
    flash(text, tone)


def keep_anyway() -> None:
    """Commit although the answer is an error: a wrong code must be counted."""
    g.commit_anyway = True
