"""What an agreement keeps once its applicant leaves: its text, its amounts and its dates."""

from typing import Any

from civique.core.agreements.models import Agreement
from civique.core.agreements.operations import folded
from civique.core.agreements.queries import versions
from civique.core.documents.models import StoredFile
from tenants.session import TenantSession


def forget_applicant(session: TenantSession, about: Any) -> None:
    """Erase the applicant's name from every version of the agreement of an object, and from their signature."""
    for agreement in versions(session, about.id):
        agreement.applicant_name = ""
        agreement.folded = folded(agreement)
        _forget_signature(agreement)
    session.flush()


def forget_scans(session: TenantSession, about: Any) -> list[StoredFile]:
    """Take the signed papers away from every version, and the name of whoever signed them for the applicant.

    Returns:
        The files, which no agreement refers to any more.
    """
    freed = []
    for agreement in versions(session, about.id):
        _forget_signature(agreement)
        for signature in agreement.signatures:
            freed += [signature.file] if signature.file is not None else []
            signature.file = None
    session.flush()
    return freed


def _forget_signature(agreement: Agreement) -> None:
    signature = agreement.signature_of("applicant")
    if signature is not None:
        signature.name, signature.person_id = "", None
