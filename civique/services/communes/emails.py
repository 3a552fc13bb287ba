"""Does an e-mail address look like the town hall's?"""

import re
from pathlib import Path

from .directory import Commune
from .names import fold, name_with_de

# Second-level labels of the domains where anyone may open a box, with any ending: yahoo.fr, yahoo.com…
# « orange » and « free » belong there: mairie@orange.fr is any subscriber's, the town of Orange has ville-orange.fr.
_PUBLIC_PROVIDERS = frozenset(Path(__file__).with_name("mail_providers.txt").read_text().split())
# « eu » is inside « europe.fr »: a short name must be a whole part of the domain, alone or after one of these words.
_SHORT = 5
_PREFIXES = ("", "mairie", "ville", "commune")


def official_email_matches(email: str, commune: Commune) -> bool:
    """True when the domain of `email` holds the name of `commune` and is not a public mail provider's.

    Hyphens are optional, « St » is « Saint », « Le Mans » may be written « ville-du-mans ». A name of five letters or
    less must be a whole part of the domain: `mairie-eu.fr`, not `europe.fr`. Anyone may buy such a domain:
    this is a hint that spares a check by hand, never a proof.
    """
    local, at, domain = email.strip().rpartition("@")
    labels = _readable(domain).split(".")
    if not (local and at) or "@" in local or len(labels) < 2 or labels[-2] in _PUBLIC_PROVIDERS:
        return False
    written = commune.name.partition(" (")[0]  # « Château-Chinon (Ville) »
    name = fold(written)
    forms = (name, re.sub(r"^saint(e?) ", r"st\1 ", name), fold(name_with_de(written, commune.article)))
    names = {form.replace(" ", "") for form in forms}
    return any(_label_names(label, name) for label in labels[:-1] for name in names)


def _readable(domain: str) -> str:
    """Lowercase domain with its accents: `xn--orlans-dva.fr` gives `orléans.fr`; empty if it cannot be decoded."""
    try:
        return domain.lower().encode("ascii").decode("idna") if domain.isascii() else domain.lower()
    except UnicodeError:
        return ""


def _label_names(label: str, name: str) -> bool:
    parts = fold(label).split()
    if len(name) > _SHORT and name in "".join(parts):
        return True
    runs = {"".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 1, len(parts) + 1)}
    return any(prefix + name in runs for prefix in _PREFIXES)
