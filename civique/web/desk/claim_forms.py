"""Forms that answer a claim of a paper."""

from wtforms import BooleanField, TextAreaField

from civique.core.i18n import _l
from civique.web.forms import BaseForm, RevisionField, at_most, required


class AcceptForm(BaseForm):
    """Attach; perhaps the two records are one person's."""

    revision = RevisionField(id="accept-revision")
    same = BooleanField(_l("Both records are the same person’s: make them one"))


class RefuseForm(BaseForm):
    """Refuse, with the reason that the person will read."""

    revision = RevisionField(id="refuse-revision")
    reason = TextAreaField(
        _l("Reason, which the person will read"),
        [required(_l("Write why it is refused.")), at_most(1000)],
        render_kw={"rows": 3},
    )
