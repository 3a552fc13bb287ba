"""How something reached the mairie: the one list of channels, with its words, that every form, list and figure uses."""

from civique.core.i18n import _l

CHANNELS = {
    "web": _l("On the site (channel)"),
    "paper": _l("Paper form"),
    "phone": _l("Telephone"),
    "counter": _l("At the counter"),
    "market": _l("At the market"),
    "meeting": _l("At a meeting"),
    "letter": _l("Letter received"),
    "box": _l("Suggestion box"),
    "doorstep": _l("On the doorstep"),
}
ENTERED = {code: label for code, label in CHANNELS.items() if code != "web"}
"""What an agent may say of an entry: everything but the site."""
AWAY = {code: CHANNELS[code] for code in ("market", "meeting", "doorstep")}
"""Where a tablet goes."""
