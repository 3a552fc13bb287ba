"""Catalogues are compiled once for all processes."""

from gettext import GNUTranslations

import pytest

from civique.core import i18n
from civique.core.config import config


@pytest.fixture
def forgetful():
    """Translations are read anew before and after."""
    i18n.translations.cache_clear()
    yield
    i18n.translations.cache_clear()


def test_the_second_reading_compiles_nothing(forgetful, monkeypatch):
    first = i18n.translations("fr").gettext("My account")
    i18n.translations.cache_clear()
    monkeypatch.setattr(i18n, "_compile", lambda *_: pytest.fail("it is compiled already"))
    assert i18n.translations("fr").gettext("My account") == first == "Mon compte"


def test_a_changed_text_is_compiled_anew(forgetful, monkeypatch, tmp_path):
    catalogue = tmp_path / "fr.po"
    for words in ("un", "deux"):
        catalogue.write_text(
            f'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n\nmsgid "one"\nmsgstr "{words}"\n'
        )
        monkeypatch.setattr(i18n, "_folders", [tmp_path])
        i18n.translations.cache_clear()
        assert i18n.translations("fr").gettext("one") == words


def test_a_folder_that_cannot_be_written_only_costs_time(forgetful, monkeypatch, tmp_path):
    (tmp_path / "catalogues").write_text("not a folder")
    monkeypatch.setattr(i18n, "config", lambda: type("Elsewhere", (), {"var": tmp_path}))
    assert isinstance(i18n.translations("fr"), GNUTranslations)
    assert config().var != tmp_path
