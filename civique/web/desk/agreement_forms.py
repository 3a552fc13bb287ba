"""Forms of agreements at the town hall: several on one page, each with its own place, so that no id is there twice."""

from typing import Any, ClassVar

from wtforms import DateField, Field, RadioField, StringField, TextAreaField, validators

from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.forms import AmountField, BaseForm, RevisionField, at_most, later, optional, required
from civique.web.uploads import UploadField

LONGEST_DUTY = 400
"""Characters of one line of an agreement."""


class AgreementStep(BaseForm):
    """A form among others of an agreement; ``revision`` is the agreement that was read."""

    place: ClassVar[str] = "step"
    revision = RevisionField(default=0)

    def __init__(self, *args: Any, place: str = "", **named: Any) -> None:
        super().__init__(*args, **named)
        for field in self:
            field.id = field.label.field_id = f"{place or self.place}-{field.name}"


class SignOnPaperForm(AgreementStep):
    """One side signed on paper."""

    place = "sign"
    side = RadioField(
        _l("Who signed?"),
        [required(_l("Say who signed."))],
        choices=[("applicant", _l("The applicant")), ("commune", _l("The commune"))],
    )
    name = StringField(_l("Name of the signer"), [required(_l("Write who signed.")), at_most(170)])
    function = StringField(_l("In what capacity"), [optional(), at_most(120)])
    on = DateField(_l("Signed on"), [required(_l("Write the day of the signature."))])
    scan = UploadField(_l("Scan or photo of the signed page"), [optional()])


class BreakForm(AgreementStep):
    """The agreement ends before its time."""

    place = "break"
    motive = TextAreaField(_l("Reason, which the applicant will read"), [later(), at_most(1000)], render_kw={"rows": 4})
    repay_cents = AmountField(_l("To be given back by whoever was paid"), [later()])


class CheckForm(AgreementStep):
    """What was seen at a visit of upkeep; its place holds the visit."""

    kept = RadioField(
        _l("Is what was made looked after?"),
        [required(_l("Say what you saw."))],
        choices=[("yes", _l("Yes")), ("no", _l("No"))],
    )
    note = StringField(_l("What you saw"), [later(), at_most(1000)])


class AgreementForm(AgreementStep):
    """What each side undertakes, one duty a line. ``revision`` is 0 when there was no agreement."""

    place = "agreement"
    applicant = TextAreaField(
        _l("What the applicant undertakes, one duty a line"),
        [required(_l("Write at least one duty.")), at_most(4000)],
        render_kw={"rows": 6},
    )
    commune = TextAreaField(
        _l("What the commune undertakes, one duty a line"),
        [required(_l("Write at least one duty.")), at_most(4000)],
        render_kw={"rows": 6},
    )
    upkeep_until = DateField(_l("Looked after until"), [later()])
    act = StringField(_l("Number of the act (délibération or arrêté)"), [optional(), at_most(80)])

    def validate_applicant(self, field: Field) -> None:
        """Each duty fits on its line of the agreement."""
        long = next((line for line in (field.data or "").splitlines() if len(line.strip()) > LONGEST_DUTY), None)
        if long is not None:
            raise validators.ValidationError(
                _(
                    "A duty has at most %(most)s characters: cut « %(start)s… » in two lines.",
                    most=LONGEST_DUTY,
                    start=long[:40],
                )
            )

    validate_commune = validate_applicant
