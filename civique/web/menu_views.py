"""« Aller à… »: every page of the back office, found by its name."""

from collections.abc import Iterator

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.registry import modules
from civique.web.access import STAFF, allow, entries_of, visitor
from civique.web.admin.setup import STEPS
from civique.web.menu import Entry, desk_menu, named, pages_of
from civique.web.pages import go_path, page, partial
from tenants.db import db
from tenants.session import current_tenant

blueprint = Blueprint("desk_menu", __name__, url_prefix="/mairie/menu")


@blueprint.get("")
@allow(STAFF)
def pages() -> Response:
    """The pages with these words in their name, all of them without words. The only one that has them is opened."""
    words = request.args.get("nom", "").strip()[:100]
    menu = pages_of(desk_menu(current_tenant(), visitor().rights))
    found = named([*menu, *_counter_pages(), *_settings_pages()], words)
    if words and len(found) == 1 and not partial():
        return go_path(found[0][1].url)
    groups: dict[str, list[Entry]] = {}
    for group, entry in found:
        groups.setdefault(group, []).append(entry)
    return page("desk/menu.html", block="found", words=words, found=found, groups=groups)


def _counter_pages() -> Iterator[tuple[str, Entry]]:
    """What may be entered for a resident."""
    for link in entries_of(visitor()):
        if link.when is None or link.when(db.session):
            yield (
                _("Enter for a resident"),
                Entry(str(link.label), url_for("desk_counter.person", pour=link.endpoint), link.icon),
            )


def _settings_pages() -> Iterator[tuple[str, Entry]]:
    """Settings of the commune and of its modules."""
    if visitor().can("core.settings"):
        for step in STEPS:
            yield _("Settings"), Entry(str(step.label), url_for(step.endpoint, set_up=False), step.icon)
    for manifest in modules().of(current_tenant()):
        for link in manifest.settings_links:
            if link.permission is None or visitor().can(link.permission):
                yield str(manifest.label), Entry(str(link.label), url_for(link.endpoint), link.icon)
