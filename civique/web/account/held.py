"""What is held of a person, said for people: dates as one writes them, codes in words. The file keeps the raw values."""

import json
import re
from datetime import date, datetime
from typing import Any

from flask import current_app
from werkzeug.wrappers import Response

from civique.core.access.roles import ROLES
from civique.core.channels import GIVEN
from civique.core.i18n import _l, long_date, money
from civique.core.i18n import gettext as _
from civique.core.manifest import PersonalData
from civique.services.identifiers import format_phone
from civique.web.browsers import device_name

KEYS: dict[str, Any] = {
    "given_name": _l("First name"),
    "family_name": _l("Last name"),
    "birth_date": _l("Date of birth"),
    "phone": _l("Telephone"),
    "street": _l("Street"),
    "postal_code": _l("Postal code"),
    "city": _l("Town"),
    "locale": _l("Language"),
    "channel": _l("How it came"),
    "trust": _l("Trust"),
    "created_at": _l("Since"),
    "seen_at": _l("Last visit"),
    "emails": _l("E-mail addresses"),
    "email": _l("E-mail address"),
    "registration": _l("Registration"),
    "adults": _l("Adults"),
    "children": _l("Children"),
    "needs": _l("Needs"),
    "came": _l("How many came"),
    "subject": _l("Subject"),
    "paragraphs": _l("Text"),
    "state": _l("State"),
    "date": _l("Date"),
    "reference": _l("Reference"),
    "text": _l("Text"),
    "answer": _l("Answer"),
    "purpose": _l("Purpose"),
    "about": _l("About"),
    "answers": _l("Answers"),
    "agreed_to": _l("Agreed to"),
    "agreed_for": _l("For"),
    "given_by": _l("By"),
    "given_on": _l("Given on"),
    "withdrawn_at": _l("Withdrawn on"),
    "role": _l("Role"),
    "scope": _l("For"),
    "ended_at": _l("Until"),
    "until": _l("Until"),
    "key": _l("Way to sign in"),
    "label": _l("Name"),
    "used_at": _l("Last used"),
    "visit": _l("Visit of"),
    "device": _l("Browser"),
    "invitation_sent": _l("Invitation that you sent"),
    "invitation": _l("Invitation to"),
    "work": _l("Work asked"),
    "list": _l("List brought"),
    "unsent": _l("Form not sent yet"),
    "fields": _l("What it says"),
    "added": _l("What you added"),
    "paper": _l("Reference"),
    "name": _l("Name"),
    "reason": _l("Reason given"),
    "answered_at": _l("Answered on"),
    "acts_for": _l("You act for"),
    "represented_by": _l("Acts for you"),
    "kind": _l("Link"),
    "accepted_at": _l("Accepted on"),
    "organisation": _l("Organisation"),
    "function": _l("Function"),
    "file": _l("File"),
    "size": _l("Size in bytes"),
    "type": _l("Type"),
    "path": _l("Address"),
    "title": _l("Title"),
    "gift": _l("Gift"),
    "quantity": _l("Quantity"),
    "cents": _l("Amount"),
    "received_at": _l("Received on"),
    "signed_as": _l("Signed as"),
    "means": _l("Signed"),
    "committee": _l("Committee"),
    "college": _l("College"),
    "gathering": _l("Meeting"),
    "convened": _l("Convened"),
    "present": _l("Present"),
    "recused_from": _l("Took no part in"),
    "nature": _l("Nature"),
    "unit": _l("Unit"),
    "comment": _l("Comment"),
    "endorsed": _l("Project supported"),
    "comment_state": _l("State"),
    "motive": _l("Reason given"),
}
WORDS: dict[tuple[str, str], Any] = {
    ("locale", "fr"): "français",
    ("locale", "en"): "English",
    **{("channel", code): words for code, words in GIVEN.items()},
    ("trust", "declared"): _l("declared"),
    ("trust", "confirmed"): _l("confirmed at your address"),
    ("trust", "verified"): _l("verified by the town hall"),
    ("state", "queued"): _l("being sent"),
    ("state", "sent"): _l("sent"),
    ("state", "failed"): _l("refused by your mailbox"),
    ("scope", "commune"): _l("the whole commune"),
    ("scope", "territory"): _l("a village"),
    ("scope", "organisation"): _l("an organisation"),
    ("scope", "module"): _l("a subject"),
    ("scope", "case"): _l("a request"),
    ("kind", "guardian"): _l("legal guardian"),
    ("kind", "relative"): _l("relative"),
    ("key", "password"): _l("password"),
    ("key", "totp"): _l("authenticator application"),
    ("key", "passkey"): _l("passkey"),
    ("key", "recovery"): _l("recovery code"),
    ("state", "to_print"): _l("letter to send"),
    ("state", "printed"): _l("posted"),
    ("state", "cancelled"): _l("not sent"),
    ("state", "waiting"): _l("waits for an answer"),
    ("state", "accepted"): _l("answered yes"),
    ("state", "refused"): _l("answered no"),
    ("state", "declined"): _l("answered no"),
    ("gift", "financial"): _l("money"),
    ("gift", "material"): _l("things"),
    ("gift", "human"): _l("time"),
    ("nature", "financial"): _l("money"),
    ("nature", "material"): _l("things"),
    ("nature", "human"): _l("time"),
    ("means", "paper"): _l("on paper"),
    ("means", "code"): _l("with a code"),
    ("college", "elected"): _l("elected members"),
    ("comment_state", "waiting"): _l("waits for the town hall"),
    ("comment_state", "published"): _l("on the site"),
    ("comment_state", "refused"): _l("not published"),
    ("convened", "True"): _l("yes"),
    ("convened", "False"): _l("no"),
    ("present", "True"): _l("yes"),
    ("present", "False"): _l("no"),
    ("college", "agent"): _l("agents"),
    ("college", "citizen"): _l("residents"),
    ("college", "partner"): _l("partners"),
}
ISO = re.compile(r"\d{4}-\d\d-\d\d(T.*)?")


def key_label(key: str, kind: PersonalData) -> str:
    """Words for a key of the export; the key itself when nobody gave any."""
    return str(kind.labels.get(key) or KEYS.get(key, key.replace("_", " ")))


def shown(key: str, value: Any, kind: PersonalData) -> str:
    """A value of the export as one reads it."""
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(key, item, kind) for item in value)
    if isinstance(value, dict):
        return ", ".join(shown(name, item, kind) for name, item in value.items() if item not in (None, ""))
    if key == "cents" or key.endswith("_cents"):
        return money(int(value))
    if isinstance(value, str) and ISO.fullmatch(value):
        moment = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
        return long_date(moment, weekday=False)
    if key == "phone":
        return format_phone(value)
    if key == "role" and (role := ROLES.get(str(value))):
        return str(role.label)
    if key == "device":
        return device_name(str(value))
    own = kind.words.get(key, {}).get(str(value))
    return str(own or WORDS.get((key, str(value)), value))


def as_json(held: Any) -> Response:
    """Everything held of a person as a file to keep."""
    body = json.dumps(held, ensure_ascii=False, indent=2, default=str)
    response = current_app.response_class(body, mimetype="application/json")
    name = _("my-data")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    return response
