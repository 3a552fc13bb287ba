def test_the_page_of_personal_data_says_the_durations_of_this_commune(commune, neighbour):
    from civique.core import settings
    from civique.core.commune import Retention

    with commune.session() as session:
        settings.change(session, Retention, message=18, inactive_person=24)
    words = commune.client().get("/donnees-personnelles").words
    assert "18 mois après leur envoi" in words
    assert "2 ans après votre dernière visite" in words
    assert "3 ans après votre dernière visite" in neighbour.client().get("/donnees-personnelles").words
