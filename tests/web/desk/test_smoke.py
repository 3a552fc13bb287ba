"""Every page of the desk opens, empty, for whoever may open it, and for nobody else."""

import pytest

PATHS = [
    "/mairie",
    "/mairie/questions",
    "/mairie/saisir",
    "/mairie/saisir/personne?pour=desk_counter.question",
    "/mairie/courriers",
    "/mairie/courriers?etat=printed",
    "/mairie/messages",
    "/mairie/actualites",
    "/mairie/actualites/ecrire",
    "/mairie/pages",
    "/mairie/pages/ecrire",
    "/mairie/agenda",
    "/mairie/agenda?quand=passe",
    "/mairie/agenda/ajouter",
    "/mairie/documents",
    "/mairie/documents/ajouter",
    "/mairie/associations",
    "/mairie/associations/ajouter",
    "/mairie/conventions",
    "/mairie/conventions?etat=to_sign&visite=a-faire&q=port",
    "/mairie/qui-fait-quoi",
    "/mairie/qui-fait-quoi/ajouter",
    "/mairie/comites",
    "/mairie/comites/nouveau",
    "/mairie/reunions",
    "/mairie/reunions?quand=passe",
]


@pytest.mark.parametrize("home", ["commune", "neighbour"])
def test_every_page_opens_when_nothing_is_there(home, request):
    place = request.getfixturevalue(home)
    client = place.client(place.person("Sylvie", "Moreau", "secretary"))
    for path in PATHS:
        assert client.get(path).status == 200, path


def test_a_resident_opens_none_and_a_visitor_is_asked_to_sign_in(commune):
    resident, visitor = commune.client(commune.person()), commune.client()
    for path in PATHS:
        assert resident.get(path).status == 403, path
        answer = visitor.get(path)
        assert answer.status == 303, path
        assert answer.location.startswith("/connexion"), path
