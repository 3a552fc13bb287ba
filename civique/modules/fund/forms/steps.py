"""Forms of the page of an application: several on one page, each with its own place, so that no id is there twice."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)

from civique.core.committees.models import AgendaItem
from civique.core.i18n import _l, money
from civique.core.i18n import gettext as _
from civique.modules.fund.models import Ask, FundApplication
from civique.web.cases import CaseForm, MissingForm, MotiveForm
from civique.web.forms import (
    AmountField,
    BicField,
    ChecksField,
    IbanField,
    OnceForm,
    QuantityField,
    RevisionField,
    at_most,
    later,
    optional,
    required,
)
from civique.web.uploads import UploadField

VERDICTS = (
    ("favourable", _l("Favourable")),
    ("reserved", _l("Favourable with reservations")),
    ("unfavourable", _l("Unfavourable")),
)


GIVEN_BACK = _l(
    "Left empty: all that is owed. 0 if nothing. Once the treasurer has received it, it returns to the envelope."
)


class AddForm(CaseForm, OnceForm):
    """A form that adds something to an application: sent twice, it adds it once."""


class UsuallyMissingForm(MissingForm):
    """What the applicant must still give: common things to tick, others in words, one a line."""

    common = ChecksField(_l("What is missing?"), [optional()])
    others = TextAreaField(_l("Something else, one a line"), [optional(), at_most(2000)], render_kw={"rows": 3})

    def asked(self) -> list[str]:
        """What was ticked, then the lines."""
        return [*(self.common.data or []), *super().asked()]


def usually_missing(application: FundApplication) -> list[str]:
    """What is often missing in an application: to be ticked rather than typed."""
    usual = [
        _("A quote, or the price of the main purchases"),
        _("What you or others bring: money, things or hours"),
        _("The dates and the place of the project"),
        _("The agreement of the owner of the place"),
        _("Bank details (RIB) of who is paid"),
    ]
    if application.organisation is not None:
        usual += [
            _("The statutes and the receipt of the association"),
            _("The contrat d’engagement républicain, signed"),
        ]
    return usual


class SettleForm(CaseForm):
    """The report is accepted; what was paid and not spent is asked back."""

    repay_cents = AmountField(_l("To be given back by whoever was paid"), [later()], description=GIVEN_BACK)


class GiveUpForm(MotiveForm):
    """A helped project does not take place."""

    repay_cents = AmountField(_l("To be given back by whoever was paid"), [later()], description=GIVEN_BACK)


class RepaidForm(CaseForm):
    """The treasurer received what was asked back."""

    place = "repaid"
    on = DateField(_l("Received on"), [required(_l("Write the day."))])
    reference = StringField(_l("Number of the order to collect (titre de recette)"), [optional(), at_most(60)])


class WaiveForm(CaseForm):
    """What was asked back is no longer asked."""

    place = "waive"
    motive = StringField(_l("Why it is no longer asked"), [later(), at_most(600)])


def decision_choices(*, put_off: bool) -> list[tuple[str, str]]:
    """The decisions, in words."""
    return [
        ("granted", _("Grant what is asked")),
        ("partially_granted", _("Grant a part")),
        ("refused", _("Refuse")),
        *([("adjourned", _("Put the decision off"))] if put_off else ()),
    ]


class DecisionForm(MotiveForm):
    """Grant in full, in part, refuse or put off; two more fields for each thing or time asked (see :meth:`complete`)."""

    decision = RadioField(_l("What is decided?"), [required(_l("Choose a decision."))], validate_choice=True)
    amount_cents = AmountField(_l("Amount granted"), [later()])
    filled = HiddenField()
    """Cents that the form itself wrote as the amount: beside another decision, nobody typed them."""
    act = StringField(_l("Number of the act (délibération or arrêté)"), [optional(), at_most(80)])
    act_on = DateField(_l("Date of the act"), [optional()])

    application: FundApplication
    proposal: AgendaItem | None = None
    """What a committee proposes, when the form was filled with it."""
    corrects = False
    """Whether it starts from what a former decision granted, rather than from what is asked."""

    def complete(self, application: FundApplication) -> None:
        """Take the application that is decided: its quantities are fields too, filled with what is most likely."""
        self.application = application
        self.decision.choices = decision_choices(put_off=not self.corrects)
        for ask in application.asks:
            quantity = QuantityField(_("Quantity granted: %(what)s", what=ask.description), [later()])
            self.add(f"quantity-{ask.id}", quantity, self._proposed(ask))
            provider = StringField(_("Provided by: %(what)s", what=ask.description), [later(), at_most(160)])
            self.add(f"provider-{ask.id}", provider, ask.provider)
        self.rename(self.place)

    def propose(self, opinions: Sequence[AgendaItem]) -> None:
        """Fill it with what the committee that spoke last proposes; who decides reads it, and changes it at will."""
        self.proposal = last = next((item for item in reversed(opinions) if item.verdict != "adjourned"), None)
        if last is None:
            return
        amount, asked = last.amount_cents, self.application.amount_asked_cents
        if last.verdict == "unfavourable":
            self.decision.data = "refused"
        elif amount and amount < asked:
            self.decision.data, self.amount_cents.data, self.filled.data = "partially_granted", amount, str(amount)
        elif last.verdict == "favourable" or amount:
            self.decision.data = "granted"
        self.motive.data = "" if self.decision.data == "granted" else last.opinion

    def in_kind(self) -> dict[UUID, tuple[Decimal, str]]:
        """What is granted of each thing or time asked, and who provides it."""
        if self.decision.data == "refused":
            return {}
        full = self.decision.data == "granted"
        return {
            ask.id: (
                ask.quantity if full else self[f"quantity-{ask.id}"].data or Decimal(0),
                self[f"provider-{ask.id}"].data or "",
            )
            for ask in self.application.asks
        }

    def amount(self) -> int:
        """Cents of the decision."""
        asked = self.application.amount_asked_cents
        return {"granted": asked, "partially_granted": self.amount_cents.data}.get(self.decision.data) or 0

    def validate(self, extra_validators: Any = None) -> bool:
        """What goes with each decision: nothing that was typed is left out in silence."""
        valid = bool(super().validate(extra_validators))
        found = "" if self.amount_cents.errors else self._amount_fault()
        if found:
            self.fail("amount_cents", found)
        return self._quantities_meant() and valid and not found

    def _amount_fault(self) -> str:
        asked, amount = self.application.amount_asked_cents, self.amount_cents.data
        if self.decision.data != "partially_granted" and str(amount) == self.filled.data:
            return ""
        match self.decision.data:
            case "partially_granted" if amount is None and asked:
                return _("Write the amount that is granted, 0 if no money is.")
            case "partially_granted" if not amount and not any(q for q, _who in self.in_kind().values()):
                return _("Write the amount that is granted.")
            case "granted" if amount is not None and amount != asked:
                return _(
                    "What is asked is %(asked)s. To grant another amount, choose « Grant a part »; otherwise empty this field.",
                    asked=money(asked),
                )
            case "refused" | "adjourned" if amount:
                return _(
                    "This decision grants nothing. To grant an amount, choose « Grant a part »; otherwise empty this field."
                )
        return ""

    def _quantities_meant(self) -> bool:
        """Whether no quantity was changed beside a decision that does not read it."""
        if self.decision.data in {None, "partially_granted"}:
            return True
        wrong = False
        for ask in self.application.asks:
            typed = self[f"quantity-{ask.id}"].data
            if typed and typed not in {ask.quantity, self._proposed(ask)}:
                sentence = _("This quantity goes with « Grant a part »: choose it, or empty this field.")
                self.fail(f"quantity-{ask.id}", sentence)
                wrong = True
        return not wrong

    def _proposed(self, ask: Ask) -> Decimal:
        return (ask.granted_quantity or Decimal(0)) if self.corrects else ask.quantity


class CorrectionForm(DecisionForm):
    """Replace a mistaken decision."""

    corrects = True
    because = TextAreaField(
        _l("What was wrong? The applicant will read it."),
        [required(_l("Say what was wrong.")), at_most(1000)],
        render_kw={"rows": 3},
    )


class ActForm(CaseForm):
    """The act of a decision: its number is often known later than the decision."""

    place = "act"
    act = StringField(_l("Number of the act (délibération or arrêté)"), [optional(), at_most(80)])
    act_on = DateField(_l("Date of the act"), [optional()])


class AdviceForm(AddForm):
    """Opinion of a service."""

    place = "advice"
    service = StringField(_l("Which service?"), [required(_l("Write the name of the service.")), at_most(120)])
    verdict = RadioField(_l("Its opinion"), [required(_l("Choose an opinion."))], choices=list(VERDICTS))
    text = TextAreaField(_l("In a few words"), [later(), at_most(2000)], render_kw={"rows": 3})


class PayeeForm(CaseForm):
    """Who is paid, and where."""

    place = "payee"
    kind = RadioField(
        _l("Who is paid?"),
        [required(_l("Say who is paid."))],
        choices=[
            ("organisation", _l("The association or organisation")),
            ("applicant", _l("The applicant in person")),
            ("third_party", _l("Another association, on behalf of the group")),
            ("supplier", _l("A supplier, on invoice")),
        ],
    )
    name = StringField(_l("Name on the account"), [required(_l("Write the name on the account.")), at_most(160)])
    iban = IbanField(_l("IBAN"), [required(_l("Write the IBAN, as on the bank details (RIB)."))])
    bic = BicField(_l("BIC"), [optional(), at_most(14)])
    why = StringField(_l("Why somebody else is paid"), [later(), at_most(400)])
    file = UploadField(_l("Bank details (RIB) or invoice"), [optional()])


class PaymentForm(AddForm):
    """Order a payment."""

    place = "payment"
    amount_cents = AmountField(_l("Amount to pay"), [required(_l("Write an amount."))])
    kind = SelectField(
        _l("Which payment?"),
        [required()],
        choices=[("single", _l("All at once")), ("advance", _l("An advance")), ("balance", _l("The balance"))],
    )
    mandate = StringField(_l("Number of the order to pay (mandat)"), [optional(), at_most(60)])


class PaidForm(CaseForm):
    """The treasurer paid."""

    place = "paid"
    on = DateField(_l("Paid on"), [required(_l("Write the day of the payment."))])
    mandate = StringField(_l("Number of the order to pay (mandat)"), [optional(), at_most(60)])


class ReportForm(CaseForm):
    """A report told at the counter or sent on paper."""

    place = "report"
    read = RevisionField(default=0)
    """Revision of the report that was read, 0 when there was none: its applicant writes it too."""
    text = TextAreaField(
        _l("What was done, with how many people"),
        [required(_l("Write a few sentences.")), at_most(6000)],
        render_kw={"rows": 6},
    )
    people = IntegerField(_l("People who took part, about"), [optional(), validators.NumberRange(0, 99_999)])
    hours = QuantityField(_l("Hours given, about"), [optional(), validators.NumberRange(0, 99_999)])
    may_publish = BooleanField(_l("The applicant agrees that the story and the photos are published"))

    def complete(self, application: FundApplication) -> None:
        """One more field for each cost: what was spent on it."""
        for line in application.lines:
            sentence = _("Write what was spent for « %(what)s », 0 if nothing.", what=line.label)
            self.add(f"spent-{line.id}", AmountField(line.label, [required(sentence)]), line.spent_cents)
        self.rename(self.place)


OTHERS: tuple[type[CaseForm], ...] = (ActForm, AdviceForm, PayeeForm, PaymentForm, RepaidForm, WaiveForm)
"""Forms of what is done on the page of an application besides its transitions."""
