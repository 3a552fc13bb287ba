"""Residents read, support and comment applications under examination: off by default, and only with the applicant's agreement."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.orm.exc import StaleDataError

from civique.core import privacy, settings
from civique.core.audit import AuditEntry
from civique.core.endorsements import operations as endorsements
from civique.core.endorsements.models import Comment, Endorsement
from civique.core.endorsements.operations import LIFE
from civique.core.messages.models import Message
from civique.core.organisations import operations as organisations
from civique.core.people.operations import register_person
from civique.core.people.queries import get_person
from civique.core.registry import modules
from civique.modules.fund.models import FundApplication
from civique.modules.fund.operations import applications
from civique.modules.fund.operations.endorsements import let_be_read
from civique.modules.fund.queries import endorsements as endorsement_queries
from civique.modules.fund.settings import FundSettings
from tests.refusals import refuses

LIST = "/fonds/en-cours"
DESK = "/mairie/commentaires"
NASTY = "<script>alert(1)</script> & <b>bravo</b>"


def switch(world, **values):
    """Set what residents may say."""
    with world.commune.session() as session:
        settings.put(session, FundSettings(**values))


def shown(world, **facts):
    """An application under examination whose applicant agreed."""
    application = world.admissible(**facts)
    agree(world, application, True)
    return application


def agree(world, application, yes):
    with world.commune.session(world.resident) as session:
        let_be_read(session, session.get(FundApplication, application.id), yes)


def path_of(application):
    return f"{LIST}/{application.id}"


def do(world, application, operation, person, *arguments):
    """What a resident does, by the operation itself."""
    with world.commune.session(person) as session:
        about = session.get(FundApplication, application.id)
        about = about if operation is endorsements.withdraw_endorsement else endorsement_queries.describe(about)
        return operation(session, about, get_person(session, person.id), *arguments)


@pytest.fixture
def open_world(world):
    """Supports and comments switched on."""
    switch(world, endorsements=True, comments=True)
    return world


@pytest.fixture
def ahmed(world):
    return world.commune.person("Ahmed", "Voisin")


@pytest.fixture
def desk(world):
    return world.commune.client(world.secretary)


# Off by default, and with consent ------------------------------------------------------------------------------------


def test_off_by_default_nothing_of_it_exists(world, ahmed, desk):
    application = shown(world)
    client, applicant = world.commune.client(ahmed), world.commune.client(world.resident)
    assert client.get(LIST).status == client.get(path_of(application)).status == 404
    assert LIST not in client.get("/fonds").links()
    for action in ("soutenir", "ne-plus-soutenir", "commentaire"):
        form = applicant.get(f"/fonds/demandes/{application.id}").form(f"/fonds/demandes/{application.id}/retirer")
        assert applicant.post(f"{path_of(application)}/{action}", form).status == 404
    assert "Les habitants et votre projet" not in applicant.get(f"/fonds/demandes/{application.id}").words
    assert "Soutiens et commentaires" not in desk.get(f"/mairie/fonds/demandes/{application.id}").words
    assert "désactivés" in desk.get(DESK).words
    with refuses("not_shown"):
        do(world, application, endorsements.endorse, ahmed)
    with refuses("comments_off"):
        do(world, application, endorsements.write_comment, ahmed, "Bravo")


def draft_of(world):
    """A draft that lacks nothing."""
    from decimal import Decimal

    with world.commune.session(world.resident) as session:
        fund, applicant = session.get(type(world.fund), world.fund.id), get_person(session, world.resident.id)
        draft = applications.start_application(session, fund, applicant, title="Nichoirs", purpose="Poser.")
        applications.add_line(session, draft, "Planches", 5_000, "running")
        applications.change_application(session, draft, amount_asked_cents=5_000)
        applications.add_support(session, draft, "human", description="Nous", quantity=Decimal(3), unit="heures")
    return draft


def test_the_applicant_is_asked_only_when_it_is_on_and_agrees_to_nothing_unless_ticked(world):
    client, box = world.commune.client(world.resident), "shown_while_examined"
    first = draft_of(world)
    base = f"/fonds/demandes/{first.id}"
    assert "Je veux bien que les habitants" not in client.get(f"{base}/verifier").words
    assert client.submit(f"{base}/envoyer", {box: "y"}, on=f"{base}/verifier").status == 303
    assert not world.now(first).shown_while_examined
    switch(world, endorsements=True)
    second, third = draft_of(world), draft_of(world)
    base = f"/fonds/demandes/{second.id}"
    page = client.get(f"{base}/verifier")
    assert "Votre nom n’est jamais affiché" in page.words
    assert box not in page.form(f"{base}/envoyer")
    client.submit(f"{base}/envoyer", on=f"{base}/verifier")
    assert not world.now(second).shown_while_examined
    base = f"/fonds/demandes/{third.id}"
    form = {**client.get(f"{base}/verifier").form(f"{base}/envoyer"), box: "y"}
    assert client.post(f"{base}/envoyer", form).status == 303
    assert world.now(third).shown_while_examined
    agree(world, third, False)
    assert client.post(f"{base}/envoyer", form).status == 303
    assert not world.now(third).shown_while_examined, "an old page sent again decides nothing"


def test_a_refused_sending_keeps_the_tick(open_world):
    with open_world.commune.session(open_world.resident) as session:
        fund, applicant = (
            session.get(type(open_world.fund), open_world.fund.id),
            get_person(session, open_world.resident.id),
        )
        draft = applications.start_application(session, fund, applicant, title="Vide", purpose="Rien.")
    base = f"/fonds/demandes/{draft.id}"
    client = open_world.commune.client(open_world.resident)
    page = client.submit(f"{base}/envoyer", {"shown_while_examined": "y"}, on=f"{base}/verifier")
    assert page.status == 422
    assert page.form(f"{base}/envoyer")["shown_while_examined"] == "y"
    assert not open_world.now(draft).shown_while_examined


def test_what_nobody_at_the_mairie_has_read_is_not_shown(open_world):
    application = open_world.ask()
    agree(open_world, application, True)
    client = open_world.commune.client(open_world.resident)
    assert client.get(path_of(application)).status == 404
    assert "une fois que la mairie l’aura lu" in client.get(f"/fonds/demandes/{application.id}").words
    open_world.move(application, "declare_complete")
    assert client.get(path_of(application)).status == 200
    open_world.move(application, "ask_missing", labels=["Un devis"])
    assert client.get(path_of(application)).status == 404


def test_the_applicant_changes_their_mind(open_world, ahmed):
    application = open_world.admissible()
    client, anybody = open_world.commune.client(open_world.resident), open_world.commune.client()
    base, show = f"/fonds/demandes/{application.id}", f"/fonds/demandes/{application.id}/montrer"
    assert anybody.get(path_of(application)).status == 404
    assert client.submit(show, on=base).status == 303
    assert anybody.get(path_of(application)).status == 200
    do(open_world, application, endorsements.endorse, ahmed)
    etag = anybody.get(path_of(application)).headers["ETag"]
    assert "Une personne le soutient" in client.get(base).words
    again = client.get(base).form(show)
    assert again["show"] == "0"
    assert client.post(show, again).status == 303
    assert client.post(show, again).status == 303
    assert anybody.get(path_of(application), headers={"If-None-Match": etag}).status == 404
    assert anybody.get(LIST).status == 200
    assert "Aucun projet à lire" in anybody.get(LIST).words
    assert open_world.commune.client(ahmed).post(show, {**again, "show": "1"}).status == 400
    actions = [entry.action for entry in open_world.commune.all(AuditEntry, object_id=application.id)]
    assert (actions.count("fund.application_shown"), actions.count("fund.application_hidden")) == (1, 1)


def test_somebody_else_does_not_agree_for_the_applicant(open_world, ahmed):
    application = open_world.admissible()
    show = f"/fonds/demandes/{application.id}/montrer"
    client = open_world.commune.client(ahmed)
    other = shown(open_world, title="Un autre")
    token = client.get(path_of(other)).form(f"{path_of(other)}/soutenir")["csrf_token"]
    assert client.post(show, {"csrf_token": token, "show": "1"}).status == 404
    assert client.post(f"/mairie/fonds{show.removeprefix('/fonds')}", {"csrf_token": token, "show": "1"}).status == 403
    assert not open_world.now(application).shown_while_examined


def test_decided_it_is_elsewhere_or_nowhere(open_world, ahmed):
    helped, refused = shown(open_world), shown(open_world, title="Une tondeuse")
    do(open_world, helped, endorsements.endorse, ahmed)
    open_world.decide(helped, 30_000)
    open_world.decide(refused, 0, "Hors du fonds.")
    client = open_world.commune.client(ahmed)
    page = client.get(path_of(helped))
    assert (page.status, page.location) == (303, f"/fonds/projets/{helped.id}")
    assert client.get(path_of(refused)).status == 404
    for application in (helped, refused):
        with refuses("not_shown"):
            do(open_world, application, endorsements.endorse, ahmed)
        with refuses("already_decided"):
            agree(open_world, application, True)
    applicant = open_world.commune.client(open_world.resident)
    assert "Les habitants et votre projet" not in applicant.get(f"/fonds/demandes/{refused.id}").words


# Supporting ----------------------------------------------------------------------------------------------------------


def test_a_resident_supports_then_no_longer(open_world, ahmed):
    application = shown(open_world)
    client, base = open_world.commune.client(ahmed), path_of(application)
    assert LIST in client.get("/fonds").links()
    assert base in client.get(LIST).links()
    page = client.get(base)
    assert "Personne ne soutient encore" in page.words
    assert "Les soutiens ne sont pas un vote" in page.words
    assert "Habitante" not in page.text
    done = client.submit(f"{base}/soutenir", on=base)
    assert done.location == f"{base}#soutiens"
    page = client.get(base)
    assert "Une personne soutient ce projet" in page.words
    assert "Vous le soutenez" in client.get(LIST).words
    assert client.submit(f"{base}/ne-plus-soutenir", on=base).status == 303
    assert open_world.commune.all(Endorsement) == []
    assert "Personne ne soutient encore" in client.get(base).words


def test_supporting_twice_is_once_and_taking_back_twice_too(open_world, ahmed):
    application = shown(open_world)
    client, base = open_world.commune.client(ahmed), path_of(application)
    form = client.get(base).form(f"{base}/soutenir")
    assert [client.post(f"{base}/soutenir", form).status for _ in range(2)] == [303, 303]
    assert len(open_world.commune.all(Endorsement)) == 1
    assert [client.post(f"{base}/ne-plus-soutenir", form).status for _ in range(2)] == [303, 303]


def test_clicks_at_the_same_moment_are_one_support(open_world, ahmed):
    application = shown(open_world)
    base = path_of(application)
    clients = [open_world.commune.client(ahmed) for _ in range(4)]
    forms = [client.get(base).form(f"{base}/soutenir") for client in clients]
    with ThreadPoolExecutor(4) as pool:
        sent = pool.map(lambda pair: pair[0].post(f"{base}/soutenir", pair[1]).status, zip(clients, forms, strict=True))
        assert list(sent) == [303] * 4
        assert len(list(pool.map(lambda _: do(open_world, application, endorsements.endorse, ahmed), range(4)))) == 4
    assert len(open_world.commune.all(Endorsement)) == 1


def test_nobody_supports_their_own(open_world):
    commune = open_world.commune
    deputy = commune.person("Dora", "Adjointe")
    with commune.session(open_world.secretary) as session:
        group = organisations.add_organisation(session, "collective", "Les Jardins")
        row = organisations.name_representative(session, group, get_person(session, deputy.id), "")
        organisations.accept_representative(session, row)
    application = shown(open_world, organisation_id=group.id)
    base = path_of(application)
    assert "Les Jardins" in commune.client().get(base).words
    for person in (open_world.resident, deputy):
        client = commune.client(person)
        page = client.get(base)
        assert "C’est votre projet" in page.words
        assert "Je soutiens" not in page.words
        token = client.get(f"/fonds/demandes/{application.id}").form(f"/fonds/demandes/{application.id}/montrer")
        refused = client.post(f"{base}/soutenir", token)
        assert "aux autres de le soutenir" in client.follow(refused).text
        page = client.post(f"{base}/commentaire", {**token, "comment": "Quel beau projet"})
        assert page.status == 422
        assert "pour le commenter" in page.words or "soutenir" in page.words
    assert commune.all(Endorsement) == []


def test_a_visitor_reads_without_token_and_signs_in_to_come_back(open_world, ahmed):
    application = shown(open_world)
    base, anybody = path_of(application), open_world.commune.client()
    for path in (LIST, base):
        page = anybody.get(path)
        assert "csrf_token" not in page.text.partition("<main")[2].partition("</main>")[0]
        assert anybody.get(path, headers={"If-None-Match": page.headers["ETag"]}).status == 304
    assert 'content="noindex"' in anybody.get(base).text, "no search engine keeps what the applicant may take back"
    etag = anybody.get(base).headers["ETag"]
    assert any(
        link.startswith("/connexion?suite=") and str(application.id) in link for link in anybody.get(base).links()
    )
    do(open_world, application, endorsements.endorse, ahmed)
    page = anybody.get(base, headers={"If-None-Match": etag})
    assert (page.status, "Une personne soutient" in page.words) == (200, True)
    do(open_world, application, endorsements.withdraw_endorsement, ahmed)
    assert "Personne ne soutient" in anybody.get(base, headers={"If-None-Match": page.headers["ETag"]}).words
    assert "no-store" in open_world.commune.client(ahmed).get(base).headers["Cache-Control"]


def test_consent_withdrawn_while_the_page_is_open(open_world, ahmed):
    application = shown(open_world)
    client, base = open_world.commune.client(ahmed), path_of(application)
    form = client.get(base).form(f"{base}/soutenir")
    agree(open_world, application, False)
    page = client.post(f"{base}/soutenir", form)
    assert page.location == LIST
    assert "ne reçoit plus de soutiens" in client.follow(page).text
    assert client.post(f"{base}/commentaire", {**form, "comment": "Bravo"}).location == LIST
    assert client.post(f"{base}/ne-plus-soutenir", form).location == LIST
    assert open_world.commune.all(Endorsement) == []


def test_another_commune_sees_nothing(open_world, neighbour):
    application = shown(open_world)
    neighbour.switch_on("fund")
    with neighbour.session() as session:
        settings.put(session, FundSettings(endorsements=True, comments=True))
    visitor = neighbour.person("Zoé", "Ailleurs")
    client = neighbour.client(visitor)
    assert client.get(path_of(application)).status == 404
    assert "Aucun projet à lire" in client.get(LIST).words


# Comments ------------------------------------------------------------------------------------------------------------


def test_a_comment_waits_is_read_and_shown_with_the_given_name_only(open_world, ahmed, desk):
    application = shown(open_world)
    client, anybody, base = open_world.commune.client(ahmed), open_world.commune.client(), path_of(application)
    client.submit(f"{base}/soutenir", on=base)
    sent = client.submit(f"{base}/commentaire", {"comment": NASTY}, on=base)
    assert sent.location == f"{base}#commentaire"
    page = client.get(base)
    assert "À lire par la mairie" in page.words
    assert NASTY in page.words
    assert "bravo" not in anybody.get(base).text
    assert "Un commentaire à lire" in desk.get("/mairie").words
    file = f"/mairie/fonds/demandes/{application.id}"
    page = desk.get(file)
    assert f"Ahmed Voisin, {NASTY}" not in page.text
    assert NASTY in page.words
    assert DESK in page.links()
    etag = anybody.get(base).headers["ETag"]
    comment = open_world.commune.one(Comment)
    action = f"{DESK}/{comment.id}/publier"
    answered = desk.post(f"{action}?depuis=dossier", desk.get(file).form(action))
    assert answered.location == f"{file}#commentaires"
    page = anybody.get(base, headers={"If-None-Match": etag})
    assert NASTY in page.words
    assert "<script>alert" not in page.text
    assert "Ahmed," in page.words
    assert "Voisin" not in page.text
    assert "Un commentaire à lire" not in desk.get("/mairie").words
    assert "Commentaire publié" in desk.get(f"{file}/historique").words


def test_a_comment_sent_twice_is_once_and_an_empty_one_is_none(open_world, ahmed):
    application = shown(open_world)
    client, base = open_world.commune.client(ahmed), path_of(application)
    client.submit(f"{base}/soutenir", on=base)
    path = f"{base}/commentaire"
    for wrong in ("  ", "x" * 1001):
        page = client.submit(path, {"comment": wrong}, on=base)
        assert page.status == 422
        assert page.form(path)["comment"] == wrong.strip()
    form = {**client.get(base).form(path), "comment": "Bravo"}
    assert [client.post(path, form).status for _ in range(2)] == [303, 303]
    comment = open_world.commune.one(Comment)
    assert (comment.text, comment.state, comment.revision) == ("Bravo", "waiting", 1)
    with refuses("comment_empty"):
        do(open_world, application, endorsements.write_comment, ahmed, " ")


def test_a_changed_comment_waits_again_and_what_was_not_read_is_not_published(open_world, ahmed, desk):
    application = shown(open_world)
    comment = do(open_world, application, endorsements.write_comment, ahmed, "Bravo")
    card = f"{DESK}/{comment.id}"
    read = desk.get(card).form(f"{card}/publier")
    do(open_world, application, endorsements.write_comment, ahmed, "Une insulte")
    page = desk.post(f"{card}/publier", read)
    assert page.status == 422
    assert "Rien n’a été remplacé" in page.words
    assert "Une insulte" in page.words
    assert open_world.commune.one(Comment).state == "waiting"
    open_world.act(
        application, lambda session, _: endorsements.publish_comment(session, session.get(Comment, comment.id), 2)
    )
    do(open_world, application, endorsements.write_comment, ahmed, "Une insulte")
    assert open_world.commune.one(Comment).state == "published", "the same words again change nothing"
    do(open_world, application, endorsements.write_comment, ahmed, "Encore autre chose")
    assert open_world.commune.one(Comment).state == "waiting"
    assert "insulte" not in open_world.commune.client().get(path_of(application)).words


def test_two_agents_answer_one_comment_once(open_world, ahmed):
    application = shown(open_world)
    comment = do(open_world, application, endorsements.write_comment, ahmed, "Bravo")

    def answer(rank):
        try:
            with open_world.commune.session(open_world.secretary) as session:
                found = session.get(Comment, comment.id)
                if rank % 2:
                    endorsements.publish_comment(session, found, comment.revision)
                else:
                    endorsements.refuse_comment(session, found, "Hors sujet.", comment.revision)
        except StaleDataError:
            return "stale"
        return "done"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(answer, range(4))) == ["done", "stale", "stale", "stale"]


def test_a_refusal_says_why_to_the_author_and_the_support_stays(open_world, ahmed, desk, mailbox):
    application = shown(open_world)
    comment = do(open_world, application, endorsements.write_comment, ahmed, "Le voisin est un idiot")
    card = f"{DESK}/{comment.id}"
    page = desk.submit(f"{card}/refuser", {"reason": " "}, on=card)
    assert page.status == 422
    assert "l’auteur du commentaire le lira" in page.words
    assert open_world.commune.all(Message, kind="comment.refused") == []
    read = desk.get(f"{card}").form(f"{card}/refuser")
    page = desk.post(f"{card}/refuser", {**read, "reason": "Il met un voisin en cause."})
    assert page.location == DESK
    told = [mail for mail in mailbox() if "ahmed.voisin" in str(mail["To"])]
    assert len(told) == 1
    assert "Il met un voisin en cause." in told[0].get_body(("plain",)).get_content()
    client, base = open_world.commune.client(ahmed), path_of(application)
    page = client.get(base)
    assert "Une personne soutient" in page.words
    assert "Il met un voisin en cause." in page.words
    assert "idiot" not in open_world.commune.client().get(base).text
    assert client.submit(f"{base}/commentaire", {"comment": "Attention au bruit"}, on=base).status == 303
    assert open_world.commune.one(Comment).state == "waiting"


def test_a_shown_comment_is_withdrawn_with_a_motive(open_world, ahmed, desk):
    application = shown(open_world)
    comment = do(open_world, application, endorsements.write_comment, ahmed, "Appelez-moi au 06")
    open_world.act(
        application,
        lambda session, _: endorsements.publish_comment(session, session.get(Comment, comment.id), comment.revision),
    )
    card = f"{DESK}/{comment.id}"
    assert "Retirer et prévenir l’auteur" in desk.get(card).words
    assert desk.submit(f"{card}/refuser", {"reason": "Un numéro de téléphone."}, on=card).status == 303
    assert "Appelez-moi" not in open_world.commune.client().get(path_of(application)).text
    assert open_world.commune.one(Message, kind="comment.withdrawn").person_id == ahmed.id
    actions = {entry.action for entry in open_world.commune.all(AuditEntry, object_id=application.id)}
    assert {"comment.published", "comment.withdrawn"} <= actions
    assert not any("Appelez" in str(entry.data) for entry in open_world.commune.all(AuditEntry))
    assert "Ce commentaire n’est pas publié" in desk.get(card).words


def test_the_list_of_comments_answers_and_is_a_file(open_world, ahmed, desk):
    assert "Aucun commentaire à lire" in desk.get(DESK).words
    application = shown(open_world)
    comment = do(open_world, application, endorsements.write_comment, ahmed, "Bravo")
    assert "Bravo" in desk.get(DESK).words
    assert "Bravo" in desk.get(f"{DESK}?format=csv").text
    path = f"{DESK}/{comment.id}/publier"
    assert desk.post(f"{path}", desk.get(DESK).form(path)).location == DESK
    assert "Aucun commentaire à lire" in desk.get(DESK).words


def test_only_who_examines_and_is_not_tied_answers(open_world, ahmed):
    commune = open_world.commune
    application = shown(open_world)
    comment = do(open_world, application, endorsements.write_comment, ahmed, "Bravo")
    reader = commune.client(commune.person("Édith", "Élue", "elected"))
    assert reader.get(DESK).status == reader.get(f"{DESK}/{comment.id}").status == 403
    page = reader.get(f"/mairie/fonds/demandes/{application.id}")
    assert "Bravo" in page.words
    assert f"{DESK}/{comment.id}" not in page.text
    with commune.session(open_world.resident) as session, refuses("FON-07"):
        endorsements.publish_comment(session, session.get(Comment, comment.id), comment.revision)
    with commune.session(open_world.resident) as session, refuses("FON-07"):
        endorsements.refuse_comment(session, session.get(Comment, comment.id), "Non", comment.revision)


def test_supports_without_comments(open_world, ahmed, desk):
    application = shown(open_world)
    comment = do(open_world, application, endorsements.write_comment, ahmed, "Bravo")
    open_world.act(
        application,
        lambda session, _: endorsements.publish_comment(session, session.get(Comment, comment.id), comment.revision),
    )
    switch(open_world, endorsements=True, comments=False)
    client, base = open_world.commune.client(ahmed), path_of(application)
    page = client.get(base)
    assert "Une personne soutient" in page.words
    assert "Bravo" not in page.text
    assert "commentaire" not in page.words.lower()
    assert desk.get(f"{DESK}/{comment.id}").status == 404
    token = page.form(f"{base}/ne-plus-soutenir")
    refused = client.post(f"{base}/commentaire", {**token, "comment": "Ah"})
    assert refused.status == 422
    assert "commentaires sont fermés" in refused.words


def test_a_comment_that_nobody_can_read_any_more_waits_for_nobody(open_world, ahmed, desk):
    application = shown(open_world)
    comment = do(open_world, application, endorsements.write_comment, ahmed, "Bravo")
    agree(open_world, application, False)
    assert "Un commentaire à lire" not in desk.get("/mairie").words
    assert "Aucun commentaire à lire" in desk.get(DESK).words
    with refuses("not_shown"):
        open_world.act(
            application,
            lambda session, _: endorsements.publish_comment(
                session, session.get(Comment, comment.id), comment.revision
            ),
        )
    agree(open_world, application, True)
    assert "Bravo" in desk.get(DESK).words


# The mairie: settings, paper, counter --------------------------------------------------------------------------------


def test_comments_need_supports_in_the_settings(world, desk):
    path = "/mairie/fonds/reglages"
    page = desk.submit(path, {"comments": "y"})
    assert page.status == 422
    assert "cochez les deux" in page.words
    assert desk.submit(path, {"endorsements": "y", "comments": "y"}).status == 303
    with world.commune.session() as session:
        assert endorsement_queries.comments_on(session)


def test_who_has_no_account_agrees_at_the_town_hall(open_world, desk):
    with open_world.commune.session() as session:
        paulette = register_person(session, "Paulette", "Papier", channel="letter")
    path = f"/mairie/fonds/saisir?personne={paulette.id}"
    told = {
        "channel": "paper",
        "title": "Banc partagé",
        "purpose": "Un banc.",
        "costs": "Vernis 40",
        "amount_asked_cents": "40",
        "supports": "4 heures de voisins",
    }
    page = desk.get(path)
    assert "shown_while_examined" in page.text
    sent = desk.post(
        "/mairie/fonds/saisir?personne=" + str(paulette.id), {**page.form(), **told, "shown_while_examined": "y"}
    )
    assert sent.status == 303
    application = open_world.commune.one(FundApplication)
    assert application.shown_while_examined
    file, show = f"/mairie/fonds/demandes/{application.id}", f"/mairie/fonds/demandes/{application.id}/montrer"
    assert "une fois la demande déclarée complète ou recevable" in desk.get(file).words
    assert desk.submit(show, on=file).status == 303
    assert not open_world.now(application).shown_while_examined
    assert "Les habitants ne voient pas ce projet" in desk.get(file).words
    assert desk.submit(show, on=file).status == 303
    assert open_world.now(application).shown_while_examined


def test_the_paper_form_asks_too(world):
    from tests.snapshot import pdf_words

    client = world.commune.client()
    words = "Je veux bien que les habitants"

    def read(browser, path):
        return " ".join(pdf_words(browser.get(path).response.get_data()).split())

    assert words not in read(client, "/fonds/formulaire.pdf")
    switch(world, endorsements=True)
    assert words in read(client, "/fonds/formulaire.pdf")
    application = shown(world)
    assert words in read(world.commune.client(world.resident), f"/fonds/demandes/{application.id}/demande.pdf")


def test_a_supporter_who_claims_the_paper_no_longer_supports_it(open_world, ahmed):
    from civique.core.claims.events import PaperClaimed
    from civique.core.events import tell

    application = shown(open_world)
    do(open_world, application, endorsements.endorse, ahmed)
    with open_world.commune.session(open_world.secretary) as session:
        tell(session, PaperClaimed("fund_application", application.id, ahmed.id))
    assert open_world.commune.one(FundApplication).applicant_id == ahmed.id
    assert open_world.commune.all(Endorsement) == []


# Personal data -------------------------------------------------------------------------------------------------------


def test_endorsements_are_exported_and_go_with_the_person(open_world, ahmed):
    application = shown(open_world)
    comment = do(open_world, application, endorsements.write_comment, ahmed, "Un mot d’Ahmed")
    open_world.act(
        application,
        lambda session, _: endorsements.publish_comment(session, session.get(Comment, comment.id), comment.revision),
    )
    client, anybody = open_world.commune.client(ahmed), open_world.commune.client()
    page = client.get("/mon-compte/donnees")
    assert "Un mot d’Ahmed" in page.words
    assert "sur le site" in page.words
    assert "comment state" not in page.words
    with open_world.commune.session() as session:
        held = privacy.export_person(session, get_person(session, ahmed.id), modules())["endorsements"]
    assert [(row["endorsed"], row["comment_state"]) for row in held] == [("Pieds de mur fleuris", "published")]
    etag = anybody.get(path_of(application)).headers["ETag"]
    with open_world.commune.session() as session:
        privacy.erase(session, get_person(session, ahmed.id), modules())
    page = anybody.get(path_of(application), headers={"If-None-Match": etag})
    assert page.status == 200
    assert "Ahmed" not in page.text
    assert open_world.commune.all(Endorsement) == []


def test_an_erased_applicant_no_longer_shows_anything(open_world):
    application = shown(open_world)
    with open_world.commune.session() as session:
        privacy.erase(session, get_person(session, open_world.resident.id), modules())
    assert open_world.commune.client().get(path_of(application)).status == 404


def test_two_records_of_one_person_are_one_support(open_world, ahmed):
    from civique.core.people.operations import merge_people

    application = shown(open_world)
    double = open_world.commune.person("Ahmed", "Voisin", email="ahmed2@exemple.fr")
    for person in (ahmed, double):
        do(open_world, application, endorsements.endorse, person)
    with open_world.commune.session(open_world.secretary) as session:
        merge_people(session, get_person(session, ahmed.id), get_person(session, double.id))
    assert [endorsement.person_id for endorsement in open_world.commune.all(Endorsement)] == [ahmed.id]


def test_endorsements_go_some_months_after_the_examination(open_world, ahmed):
    import time_machine

    from civique.core import clock

    waiting, ended = shown(open_world), shown(open_world, title="Terminé")
    for application in (waiting, ended):
        do(open_world, application, endorsements.endorse, ahmed)
    open_world.decide(ended, 30_000)

    def run():
        with open_world.commune.session() as session:
            endorsements.forget_old(session)
        return {endorsement.object_id for endorsement in open_world.commune.all(Endorsement)}

    assert run() == {waiting.id, ended.id}
    with time_machine.travel(clock.now() + LIFE + timedelta(days=1)):
        assert run() == {waiting.id}
        assert run() == {waiting.id}
