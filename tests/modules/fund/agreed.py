"""Steps of the agreement of an application, as the operations of an application are tried: ``operation(session, application, …)``."""

from civique.core.agreements import operations
from civique.core.agreements.operations import draw_up_agreement
from civique.core.agreements.queries import agreement_of

__all__ = ["break_agreement", "draw_up_agreement", "offer_agreement", "sign_agreement"]


def offer_agreement(session, application):
    operations.offer_agreement(session, agreement_of(session, application))


def sign_agreement(session, application, side, **facts):
    return operations.sign_agreement(session, agreement_of(session, application), side, **facts)


def break_agreement(session, application, because, repay_cents=None):
    operations.break_agreement(session, agreement_of(session, application), because, repay_cents)
