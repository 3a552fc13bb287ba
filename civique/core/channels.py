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
GIVEN = {
    "web": _l("by you, on this site"),
    "paper": _l("on paper"),
    "phone": _l("by telephone"),
    "counter": _l("at the town hall"),
    "market": _l("at the market"),
    "meeting": _l("at a meeting"),
    "letter": _l("by letter (channel)"),
    "box": _l("in the suggestion box"),
    "doorstep": _l("on your doorstep"),
}
"""How it came, said to whoever sent it."""
WRITTEN = {
    "email": _l("by e-mail"),
    "letter": _l("by letter"),
    "phone": _l("by telephone"),
    "none": _l("not at all"),
}
"""How the mairie writes to somebody, said to them."""
