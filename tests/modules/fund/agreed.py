"""Steps of the agreement of a request, as the operations of a request are tried: ``operation(session, request, …)``."""

from civique.core.agreements import operations
from civique.core.agreements.operations import draw_up_agreement
from civique.core.agreements.queries import agreement_of

__all__ = ["break_agreement", "draw_up_agreement", "offer_agreement", "sign_agreement"]


def offer_agreement(session, request):
    operations.offer_agreement(session, agreement_of(session, request))


def sign_agreement(session, request, side, **facts):
    return operations.sign_agreement(session, agreement_of(session, request), side, **facts)


def break_agreement(session, request, because, repay_cents=None):
    operations.break_agreement(session, agreement_of(session, request), because, repay_cents)
