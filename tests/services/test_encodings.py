"""A text of unknown encoding is read as what makes French of it, or refused."""

import pytest

from civique.services.encodings import decoded

LINES = [
    "Nom;Prénom;Rue\nChâtaigne;Zoé;12 rue de l’Église\nLebœuf;Françoise;Le Pré-aux-Bœufs\n",
    "ASSOCIATION;PRÉSIDENT\nCOMITÉ DES FÊTES DE CHÂTEAU;GÉRÔME\n",
    "École;Élèves\nÉcole élémentaire;Où ça ? À côté\n",
    "Noël;Maëlle\nHéloïse;Agnès\n",
    "Prix\n12 € – « voilà »\n",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman"])
@pytest.mark.parametrize("text", LINES)
def test_what_spreadsheets_of_today_save(text, encoding):
    assert decoded(text.encode(encoding)) == text


@pytest.mark.parametrize("text", [line for line in LINES if not set("’œ€–") & set(line)])
def test_what_old_programs_save(text):
    assert decoded(text.encode("cp850")) == text


@pytest.mark.parametrize("text", ["Muñoz;Ângela\n", "3 m²;½ journée\n", "São João;Núria\n", "Størm;Müller\n"])
def test_names_of_neighbours(text):
    assert decoded(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    "data", ["Łuczak;Żółć\n".encode("cp1250"), "Иван\n".encode("koi8-r"), b"\xff\xfea", bytes(range(128, 256))]
)
def test_what_is_no_french_is_refused(data):
    with pytest.raises(UnicodeError):
        decoded(data)
