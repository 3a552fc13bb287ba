"""Words for the codes that the core keeps."""

from civique.core.channels import CHANNELS as CHANNELS
from civique.core.i18n import _l

AGREEMENT_STATES = {
    "draft": (_l("to be offered"), "wait"),
    "to_sign": (_l("to sign"), "wait"),
    "signed": (_l("in force"), "ok"),
    "broken": (_l("broken off"), "stop"),
    "ended": (_l("kept to its end"), "ok"),
}
"""States of an agreement in words, with the tone of their label."""
DOCUMENT_KINDS = {
    "deliberation": _l("Council decision"),
    "order": _l("Municipal order"),
    "minutes": _l("Minutes"),
    "charter": _l("Charter"),
    "rules": _l("Rules"),
    "convention": _l("Agreement"),
    "form": _l("Form to fill in"),
    "report": _l("Written report"),
    "attachment": _l("Attachment"),
    "other": _l("Other document"),
}
ORGANISATION_KINDS = {
    "association": _l("Association"),
    "collective": _l("Residents’ collective"),
    "company": _l("Company"),
    "school": _l("School"),
    "parents": _l("Parents’ association"),
    "public": _l("Public body"),
    "other": _l("Other group"),
}
MESSAGE_STATES = {
    "queued": _l("Leaving"),
    "sent": _l("Sent by e-mail"),
    "failed": _l("Refused by the mailbox"),
    "to_print": _l("Letter to send"),
    "printed": _l("Letter printed"),
    "cancelled": _l("Cancelled"),
}
ARTICLE_STATES = {"draft": _l("Draft"), "published": _l("Online"), "withdrawn": _l("Taken off the site")}
STORY_STATES = {"to_write": _l("To write"), "draft": _l("Draft"), "published": _l("Online")}
TONES = {
    "queued": "wait",
    "sent": "ok",
    "failed": "stop",
    "to_print": "wait",
    "printed": "ok",
    "cancelled": "",
    "to_write": "",
    "draft": "wait",
    "published": "ok",
    "withdrawn": "",
    "public": "ok",
    "staff": "",
    "private": "",
    "option": "wait",
    "planned": "ok",
}
"""Colour of each state; the words always say it too."""
