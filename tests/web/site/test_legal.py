def test_the_page_of_personal_data_says_the_durations_of_this_commune(commune, neighbour):
    from civique.core import settings
    from civique.core.commune import Retention

    with commune.session() as session:
        settings.change(session, Retention, message=18, inactive_person=24)
    words = commune.client().get("/donnees-personnelles").words
    assert "18 mois après leur envoi" in words
    assert "2 ans après votre dernière visite" in words
    assert "3 ans après votre dernière visite" in neighbour.client().get("/donnees-personnelles").words


def test_the_legal_notice_names_the_host_of_the_operator(commune):
    """Article 6 of the LCEN: what the operator wrote once for the platform."""
    from civique.core import settings
    from civique.platform.subscription.settings import Publisher
    from tests.platform.steps import platform

    assert "Octave" not in commune.client().get("/mentions-legales").words
    with platform() as session:
        settings.put(
            session, Publisher(company="Les Communs", host_name="Hébergeur Octave", host_address="2 rue Kellermann")
        )
    try:
        words = commune.client().get("/mentions-legales").words
    finally:
        with platform() as session:
            settings.put(session, Publisher())
    for expected in ("Hébergeur Octave", "2 rue Kellermann", "Les Communs"):
        assert expected in words
