"""Two administrators on the same settings: the second is told, and nothing is overwritten."""

import pytest

from civique.core import settings
from civique.core.commune import Contact, Identity, Retention, Texts

PAGES = (
    ("/mairie/reglages/identite", Identity, "tagline", "Sept villages", "Au bord de l’eau"),
    ("/mairie/reglages/contact", Contact, "hours", "Le matin", "L’après-midi"),
    ("/mairie/reglages/textes", Texts, "welcome", "Bonjour", "Bienvenue"),
    ("/mairie/reglages/durees", Retention, "message", "12", "18"),
)


@pytest.mark.parametrize(("path", "kind", "field", "first", "second"), PAGES)
def test_the_second_to_save_sees_what_the_first_saved(commune, path, kind, field, first, second):
    anne = commune.client(commune.person("Anne", "Admin", "administrator"))
    bruno = commune.client(commune.person("Bruno", "Second", "administrator"))
    opened = bruno.get(path)
    assert anne.submit(path, {field: first}).status == 303

    refused = bruno.post(path, opened.form(path) | {field: second})
    assert refused.status == 422
    assert "Anne Admin" in refused.words
    assert first in refused.words
    assert refused.form(path)[field] == second
    with commune.session() as session:
        assert str(getattr(settings.get(session, kind), field)) == first

    assert bruno.post(path, refused.form(path)).status == 303
    with commune.session() as session:
        assert str(getattr(settings.get(session, kind), field)) == second


def test_settings_saved_at_the_same_instant_do_not_overwrite_each_other(commune):
    from sqlalchemy.orm.exc import StaleDataError

    with commune.session() as one, commune.session() as other:
        revision = settings.revision(one, Contact)
        assert settings.revision(other, Contact) == revision
        settings.change(one, Contact, hours="Le matin", revision=revision)
        one.commit()
        with pytest.raises(StaleDataError):
            settings.change(other, Contact, hours="Le soir", revision=revision)
        other.rollback()
    with commune.session() as session:
        assert settings.get(session, Contact).hours == "Le matin"
