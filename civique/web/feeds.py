"""Atom feeds (RFC 4287)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from flask import current_app
from werkzeug.wrappers import Response

from civique.core.commune import site_address
from civique.core.typed import normalized
from tenants.session import current_tenant

NAMESPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True)
class Entry:
    """One entry of a feed; its path is also its identifier."""

    path: str
    title: str
    updated: datetime
    summary: str = ""


def atom(title: str, path: str, entries: Sequence[Entry]) -> Response:
    """A feed of these entries, newest first."""
    site = site_address(current_tenant())
    ET.register_namespace("", NAMESPACE)
    feed = ET.Element(f"{{{NAMESPACE}}}feed")

    def add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
        child = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)
        child.text = normalized(text) or None
        return child

    updated = max((entry.updated for entry in entries), default=datetime(2026, 1, 1, tzinfo=UTC))
    add(feed, "id", site + path)
    add(feed, "title", title)
    add(feed, "updated", updated.isoformat())
    add(feed, "link", rel="self", href=site + path)
    add(add(feed, "author"), "name", current_tenant().name)
    for entry in entries:
        element = add(feed, "entry")
        add(element, "id", site + entry.path)
        add(element, "title", entry.title)
        add(element, "updated", entry.updated.isoformat())
        add(element, "link", href=site + entry.path)
        add(element, "summary", entry.summary)
    body = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return current_app.response_class(body, mimetype="application/atom+xml")
