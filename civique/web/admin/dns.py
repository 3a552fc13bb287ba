"""What must stand in the DNS for a domain to lead to a commune: a proof that whoever manages it chose this very commune, and
the addresses of this deployment. An address alone proves nothing, for all communes share it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.services.dns import Server, lookup

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
PROOF = "_civique"
"""Name, before the domain, of the TXT line that proves it."""


@dataclass(frozen=True)
class Line:
    """A line to copy into the DNS."""

    name: str
    kind: str
    value: str


def normal_host(text: str) -> str:
    """A domain as DNS writes it: without scheme, path or port, in lower case, accents in punycode.

    Raises:
        Refused: not a domain.
    """
    host = text.strip().lower().removeprefix("https://").removeprefix("http://").split("/")[0].split(":")[0].rstrip(".")
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        host = ""
    if len(host) > 253 or not HOST.fullmatch(host) or host.endswith((".local", ".localhost", ".internal", ".test")):
        raise Refused(_("This is not a domain. Example: participer.commune.fr"), "host")
    return host


def is_bare(host: str) -> bool:
    """Whether a domain is registered as it is (``commune.fr``, ``commune.asso.fr``): the top of a zone can hold no CNAME."""
    return bool(host) and _endings().privatesuffix(host) == host


@cache
def _endings() -> "PublicSuffixList":
    """Endings under which domains are registered (asso.fr, com.pf, eu.org): the public suffix list, as the library holds it."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def lines(host: str, own: str, slug: str, ours: Sequence[str]) -> list[Line]:
    """What to copy so that a domain leads to a commune.

    Args:
        own: host of the commune's subdomain.
        ours: addresses of this deployment, for a bare domain; none when they are not known.
    """
    if not is_bare(host):
        return [Line(host, "CNAME", f"{own}.")]
    where = [Line(host, "AAAA" if ":" in address else "A", address) for address in ours]
    return [Line(f"{PROOF}.{host}", "TXT", f"civique={slug}"), *(where or [Line(host, "ALIAS", f"{own}.")])]


def addresses(host: str, servers: Sequence[Server] = ()) -> frozenset[str]:
    """IP addresses of a host; none when it has none.

    Raises:
        DnsFailed: nobody could say.
    """
    return lookup(host, "A", servers) | lookup(host, "AAAA", servers)


def proven(host: str, own: str, slug: str, servers: Sequence[Server] = ()) -> bool:
    """Whether the DNS of a domain names this commune: a CNAME to its own subdomain, or ``civique=<slug>`` in a TXT line of
    ``_civique.<host>``.

    Raises:
        DnsFailed: nobody could say.
    """
    return own in lookup(host, "CNAME", servers) or f"civique={slug}" in lookup(f"{PROOF}.{host}", "TXT", servers)


def points_here(host: str, own: str, servers: Sequence[Server] = ()) -> bool:
    """Whether a domain has the addresses of our own host, and no other.

    Raises:
        DnsFailed: nobody could say.
    """
    found, ours = addresses(host, servers), addresses(own, servers)
    return bool(found) and bool(ours) and found <= ours
