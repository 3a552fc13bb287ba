"""What a list says on paper, as agreed."""

from datetime import date

from civique.core import i18n
from civique.web.table_files import ListFile, list_paper
from tenants.session import entered
from tests.snapshot import pdf_words, same


def test_a_list_on_paper(scene):
    with entered(scene.commune.tenant), i18n.speaking(scene.locale):
        file = ListFile(
            "pdf",
            "liste",
            "Associations" if scene.locale == "en" else "Associations et groupes",
            "Mairie de Loire-Authion",
            (("État", "À valider"),),
            ("Nom", "Depuis le", "Montant (€)"),
            [("Les Jardiniers", date(2024, 9, 1), 1250.5), ("Fil et aiguille", None, 80.0)],
        )
        same(f"pdf/list_paper.{scene.locale}", pdf_words(list_paper(file)))
