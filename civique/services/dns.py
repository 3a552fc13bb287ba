"""What the DNS says of a name, asked by dnspython."""

from collections.abc import Sequence
from typing import Any

from dns.exception import DNSException
from dns.nameserver import Do53Nameserver
from dns.rdatatype import RdataType
from dns.resolver import NXDOMAIN, Resolver

SECONDS = 4.0
"""Within which an answer must be there, whatever the number of servers."""
Server = tuple[str, int]


class DnsFailed(Exception):
    """No server gave an answer that can be read; it says nothing of the name."""


def lookup(name: str, kind: str, servers: Sequence[Server] = ()) -> frozenset[str]:
    """Values of a name, in lower case but for texts; none when it has no record of this kind.

    Args:
        kind: ``A``, ``AAAA``, ``CNAME`` or ``TXT``.
        servers: address and port of the resolvers to ask, those of this machine by default.

    Raises:
        DnsFailed: nobody answers, the answer is an error, or the name is none.
    """
    try:
        resolver = Resolver(configure=not servers)
        if servers:
            resolver.nameservers = [Do53Nameserver(address, port) for address, port in servers]
        answer = resolver.resolve(name, kind, raise_on_no_answer=False, search=False, lifetime=SECONDS)
    except NXDOMAIN:
        return frozenset()
    except (DNSException, OSError, ValueError) as error:
        raise DnsFailed(name) from error
    return frozenset(_value(record) for record in answer.rrset or ())


def _value(record: Any) -> str:
    if record.rdtype == RdataType.TXT:
        return b"".join(record.strings).decode("utf-8", "replace")
    return str(record.to_text()).rstrip(".").lower()
