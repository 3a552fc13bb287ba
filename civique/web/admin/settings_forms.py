"""Forms of the settings."""

from wtforms import ColorField, DateField, IntegerField, SelectField, StringField, TextAreaField, validators

from civique.core.i18n import _l
from civique.services.communes import articles_of, name_with_a, name_with_de
from civique.web.forms import BaseForm, EmailField, PhoneField, at_most, choices, optional, required
from civique.web.settings import SettingsForm
from civique.web.theme import HEX
from civique.web.uploads import UploadField
from tenants.session import current_tenant

PICTURE = {"accept": "image/*"}


class IdentityForm(SettingsForm):
    """How the commune presents itself."""

    article = SelectField(_l("How one says the name"), [required()])
    tagline = StringField(_l("A few words under the name"), [optional(), at_most(80)])
    welcome_title = StringField(_l("Welcome: title"), [optional(), at_most(90)])
    welcome_text = TextAreaField(_l("Welcome: text"), [optional(), at_most(300)], render_kw={"rows": 3})
    colour = ColorField(_l("Main colour"), [validators.Regexp(HEX, message=_l("Choose a colour."))])
    logo = UploadField(_l("Logo or coat of arms"), render_kw=PICTURE)
    photo = UploadField(_l("Photo of the home page"), render_kw=PICTURE)
    photo_text = StringField(_l("What the photo shows"), [optional(), at_most(200)])

    def offer_articles(self) -> None:
        """The articles that French allows before this name, each as the sentence that it makes; no question when one alone
        is right."""
        name = current_tenant().name
        pairs = [
            (int(article), f"{name_with_a(name, article)}, {name_with_de(name, article)}")
            for article in articles_of(name)
        ]
        self.article.choices = choices(pairs)
        if len(pairs) == 1:
            del self.article


class ContactForm(SettingsForm):
    """How to reach a human being."""

    phone = PhoneField(_l("Telephone of the town hall"), [optional()])
    email = EmailField(_l("E-mail address of the town hall"), [optional()])
    street = StringField(_l("Street"), [optional(), at_most(200)])
    postal_code = StringField(
        _l("Postal code"),
        [optional(), validators.Regexp(r"\d{5}", message=_l("Five digits."))],
        render_kw={"inputmode": "numeric"},
    )
    city = StringField(_l("Town"), [optional(), at_most(120)])
    hours = TextAreaField(_l("Opening hours"), [optional(), at_most(600)], render_kw={"rows": 4})
    publication_director = StringField(_l("Director of publication"), [optional(), at_most(120)])
    signatory = StringField(_l("Who signs the letters, with their quality"), [optional(), at_most(160)])
    court = TextAreaField(
        _l("Administrative court: name and postal address"), [optional(), at_most(300)], render_kw={"rows": 3}
    )
    data_protection_contact = StringField(_l("Data protection officer"), [optional(), at_most(200)])


class TextsForm(SettingsForm):
    """Texts of the mairie, in Markdown."""

    welcome = TextAreaField(_l("Presentation of the commune"), [optional(), at_most(8000)], render_kw={"rows": 6})
    legal = TextAreaField(_l("Legal notice"), [optional(), at_most(20_000)], render_kw={"rows": 7})
    accessibility = TextAreaField(
        _l("Declaration of accessibility"), [optional(), at_most(20_000)], render_kw={"rows": 7}
    )
    privacy = TextAreaField(_l("Personal data"), [optional(), at_most(20_000)], render_kw={"rows": 7})


class AuditForm(SettingsForm):
    """The last accessibility audit."""

    audited_on = DateField(_l("Date of the audit"), [optional()])
    auditor = StringField(_l("Who made the audit"), [optional(), at_most(120)])
    rate = IntegerField(
        _l("Criteria met, per cent"), [optional(), validators.NumberRange(0, 100, message=_l("From 0 to 100."))]
    )


class RetentionForm(SettingsForm):
    """Durations, in months."""

    inactive_person = IntegerField(
        _l("Record of a person who no longer comes"), [required(_l("Write a number of months."))]
    )
    message = IntegerField(_l("Messages sent"), [required(_l("Write a number of months."))])
    question = IntegerField(_l("Answered questions"), [required(_l("Write a number of months."))])
    audit = IntegerField(_l("Audit trail"), [required(_l("Write a number of months."))])
    sign_in = IntegerField(_l("Old invitations"), [required(_l("Write a number of months."))])


class DomainForm(BaseForm):
    """A domain of one's own."""

    host = StringField(
        _l("Your domain"),
        [required(_l("Write a domain, for instance participer.commune.fr")), at_most(253)],
        render_kw={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"},
    )
