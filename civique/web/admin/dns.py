"""Whether a domain leads to this site: asked to the resolver of the machine, behind a function that a test may give."""

import re
import socket
from collections.abc import Callable

from civique.core.i18n import gettext as _
from civique.core.refused import Refused

Resolver = Callable[[str], frozenset[str]]
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def addresses(host: str) -> frozenset[str]:
    """IP addresses of a host; none when it is unknown."""
    try:
        found = socket.getaddrinfo(host, 443, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError):
        return frozenset()
    return frozenset(str(answer[4][0]) for answer in found)


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


def points_here(host: str, own: str, resolve: Resolver) -> bool:
    """Whether a domain has the addresses of our own host, and no other."""
    found, ours = resolve(host), resolve(own)
    return bool(found) and bool(ours) and found <= ours
