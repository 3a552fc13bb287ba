"""No table that points to a person is forgotten by « Mes données »: by their columns, then by doing it."""

import io
import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Uuid

from civique.core import clock, privacy, unsent
from civique.core.access.models import Credential, Invitation, WebSession
from civique.core.answers.models import AnswerDue
from civique.core.base import Base
from civique.core.claims.operations import ask_claim
from civique.core.consents.operations import give_consent
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import add_document, keep_file, store
from civique.core.feedback.models import FeedbackSheet
from civique.core.imports.models import ListImport
from civique.core.messages.models import Message
from civique.core.organisations.models import Organisation, Representative
from civique.core.passes import operations as passes
from civique.core.people.models import Person, Proxy
from civique.core.people.operations import accept_proxy, ask_proxy, count_rows
from civique.core.people.queries import get_person
from civique.core.questions.operations import receive_question
from civique.core.registry import modules
from civique.core.tasks import Task

TESTS = Path(__file__).parent.parent
# A column without a foreign key that may hold a person's identifier.
PERHAPS = re.compile(r".*_id|.*_by|on_behalf_of")
LINE = re.compile(r"(?P<column>\w+\.\w+)(?:: (?P<kind>\w+)| — (?P<reason>.{10,}))")
# Tables whose rows stay after an erasure and still point to the (empty) record, with the reason.
STAY = {"role_grant": "that somebody held a role stays true, without the name"}


def listed():
    """What the files « personal_columns.txt » say: column → kind or reason."""
    found = {}
    for path in sorted(TESTS.rglob("personal_columns.txt")):
        for line in path.read_text().splitlines():
            if line and not line.startswith("#"):
                match = LINE.fullmatch(line)
                assert match is not None, f"{path}: {line}"
                found[match["column"]] = match["kind"], match["reason"]
    return found


def columns():
    """Columns of every module's tables that point to a person, or may."""
    modules()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            pointed = {key.column.table.name for key in column.foreign_keys}
            free = isinstance(column.type, Uuid) and not pointed and not column.primary_key
            if "person" in pointed or (free and PERHAPS.fullmatch(column.name)):
                yield f"{table.name}.{column.name}"


def test_every_column_is_exported_and_erased_or_listed_with_a_reason(services):
    """A new one: say its kind of personal data, or why it needs none, in the personal_columns.txt of your tests."""
    known = listed()
    assert sorted(set(columns()) - set(known)) == []
    assert sorted(set(known) - set(columns())) == [], "listed, and no longer there"
    kinds = {kind.name for manifest in modules() for kind in manifest.personal_data}
    assert {kind for kind, _ in known.values() if kind} <= kinds


@pytest.fixture
def nadia(commune):
    """Somebody with a row in every table of the core that points to a person."""
    person = commune.person("Nadia", "Habitante", "elected")
    relative = commune.person("Léo", "Petit", email=None)
    later = clock.now() + timedelta(days=1)
    with commune.session(actor=person) as session:
        agrees = {"given_by": "Nadia Habitante", "until": commune.today}
        give_consent(session, get_person(session, person.id), "image", medium="exhibition", **agrees)
        for one, other in ((person, relative), (relative, person)):
            proxy = ask_proxy(session, get_person(session, one.id), other.given_name, other.family_name, "relative")
            accept_proxy(session, proxy, get_person(session, other.id))
        club = Organisation(kind="association", name="Les Amis de la Loire", folded="amis loire")
        session.add(club)
        session.flush()
        session.add(Representative(organisation_id=club.id, person_id=person.id, function="présidente"))
        session.add(Credential(person_id=person.id, kind="passkey", label="Téléphone", secret="never shown"))
        session.add(
            WebSession(token_hash=b"a" * 32, person_id=person.id, seen_at=later, expires_at=later, device="Firefox")
        )
        session.add(
            WebSession(
                token_hash=b"b" * 32, person_id=relative.id, seen_at=later, expires_at=later, acting_for_id=person.id
            )
        )
        address = get_person(session, person.id).emails[0].address
        session.add(
            Invitation(
                address=address,
                given_name="Nadia",
                family_name="H",
                roles=[],
                token_hash=b"c" * 32,
                expires_at=later,
                invited_by_id=person.id,
            )
        )
        session.add(Message(kind="test", person_id=person.id, content={"subject": "Bonjour Nadia"}, state="sent"))
        session.add(Message(kind="test", address=address, content={"subject": "Avant le compte"}, state="sent"))
        receive_question(session, text="Mon chemin est troué", name=person.name, applicant_id=person.id)
        session.query(AnswerDue).one().owner_id = person.id
        paper = receive_question(session, text="Laissé au guichet", name="Léo Petit", channel="counter")
        ask_claim(session, get_person(session, person.id), paper.reference, "Léo Petit")
        session.add(Task(label="Un long travail", person_id=person.id))
        unsent.keep(session, b"d" * 32, person.id, "/signaler", [("text", "Pas encore parti")], with_files=False)
        session.add(ListImport(importer="core.people", person_id=person.id, file_name="liste.csv", content={}))
        keep_file(session, io.BytesIO(b"draft"), name="brouillon.pdf", mime="application/pdf", person_id=person.id)
        sheet = {"questionnaire": "pickup", "object_type": "person", "object_title": "", "channel": "web"}
        sheet |= {"words": {"words": "Un accueil chaleureux"}, "answers": {"easy": 4}}
        session.add(FeedbackSheet(key=person.id, object_id=person.id, person_id=person.id, **sheet))
        passes.issue(session, "rsvp", person, until=later, person=person)
        sit_give_sign(session, get_person(session, person.id))
        used = keep_file(session, io.BytesIO(b"used"), name="statuts.pdf", mime="application/pdf", person_id=person.id)
        add_document(session, used, kind="other", title="Statuts")
    return person


def sit_give_sign(session, person):
    """A seat in a committee, a gift to it, another that is proposed, a signature and a comment, in a person's name."""
    from civique.core.agreements.models import Agreement, Signature
    from civique.core.committees import operations as committees
    from civique.core.committees.events import ItemSource
    from civique.core.contributions.declarations import Recipient
    from civique.core.contributions.operations import record_contribution
    from civique.core.contributions.proposals import propose_contribution
    from civique.core.endorsements.models import Comment, Endorsement
    from civique.core.stories.models import Story

    committee = committees.create_committee(session, "Conseil du Port")
    come_to(session, person)
    member = committees.add_member(session, committee, person, "citizen")
    meeting = committees.plan_meeting(session, committee, clock.now() + timedelta(days=1))
    item = committees.add_item(session, meeting, ItemSource("Le ponton"))
    committees.recuse_member(session, item, member, "Habite sur une péniche")
    record_contribution(session, committee, "material", description="Vingt chaises", quantity=20, person_id=person.id)
    gift = {"nature": "material", "description": "Deux tonnelles", "quantity": 2, "giver_name": "Le Comptoir"}
    propose_contribution(session, [Recipient(committee, "port", "Le port")], **gift, person_id=person.id)
    about = {"object_type": "committee", "object_id": committee.id, "object_title": committee.name}
    session.add(Endorsement(**about, person_id=person.id))
    session.add(Comment(**about, person_id=person.id, text="Un mot sur le conseil", written_at=clock.now()))
    facts = {"object_type": "committee", "object_id": committee.id, "title": "Le port fleuri"}
    agreed = Agreement(reference="CNV-2026-0001", state="to_sign", **facts)
    signature = Signature(side="applicant", name=person.name, means="paper", text_sha256="0" * 64, person_id=person.id)
    signature.signed_on = clock.today()
    agreed.signatures.append(signature)
    session.add(agreed)
    session.add(Story(**facts, text="Le quai a fleuri", applicant_id=person.id))
    session.flush()


def come_to(session, person):
    """A registration to a gathering, in a person's name and checked in by them."""
    from civique.core.gatherings import operations as gatherings
    from civique.core.gatherings.door import check_in
    from civique.core.gatherings.registrations import open_registration, register

    gathering = gatherings.plan_gathering(session, "Fête du Port", clock.now() + timedelta(days=2), kind="event")
    open_registration(session, gathering, needs=("diet",))
    facts = {"name": person.name, "person": person, "channel": "phone", "needs": {"diet": "Sans arachide"}}
    row = register(session, gathering, **facts, key=uuid4())
    check_in(session, row, came=1, key=uuid4(), at=clock.now())


def points_to_a_person():
    """Tables of the core with a foreign key to person."""
    core = {model.__tablename__ for model in modules()["core"].models} - {"person"}
    named = {column.partition(".")[0] for column in columns()}
    return {
        name
        for name in core & named
        if any(key.column.table.name == "person" for key in Base.metadata.tables[name].foreign_keys)
    }


def test_everything_is_exported(commune, nadia):
    with commune.session() as session:
        person = get_person(session, nadia.id)
        assert set(count_rows(session, person)) == points_to_a_person(), "the fixture must fill every table"
        held = privacy.export_person(session, person, modules())
    words = str(held)
    for expected in (
        "exposition",
        "elected",
        "Léo Petit",
        "Les Amis de la Loire",
        "présidente",
        "Téléphone",
        "Deux tonnelles",
        "Firefox",
        "Bonjour Nadia",
        "Avant le compte",
        "Mon chemin est troué",
        "Un long travail",
        "Pas encore parti",
        "brouillon.pdf",
        "statuts.pdf",
        "nadia.habitante@exemple.fr",
        "invitation",
        "Conseil du Port",
        "convened",
        "Le ponton",
        "Habite sur une péniche",
        "Vingt chaises",
        "Le quai a fleuri",
        "CNV-",
        "Fête du Port",
        "Sans arachide",
        "Un accueil chaleureux",
    ):
        assert expected in words, expected
    assert "never shown" not in words
    assert [row["acts_for"] for row in held["relations"] if "acts_for" in row] == ["Léo Petit"]
    assert [row["represented_by"] for row in held["relations"] if "represented_by" in row] == ["Léo Petit"]


def test_everything_is_erased(commune, nadia):
    with commune.session() as session:
        privacy.erase(session, get_person(session, nadia.id), modules())
    with commune.session() as session:
        assert set(count_rows(session, session.get(Person, nadia.id))) == set(STAY)
    tables = [f'"{model.__tablename__}"' for model in modules()["core"].models]
    everything = " ".join(str(commune.sql(f"SELECT * FROM {table}")) for table in tables)
    for word in (
        "Nadia",
        "Habitante",
        "habitante@exemple.fr",
        "présidente",
        "brouillon",
        "chemin est troué",
        "accueil chaleureux",
        "péniche",
        "quai a fleuri",
        "Firefox",
        "arachide",
    ):
        assert word not in everything, word
    assert [file.name for file in commune.all(StoredFile)] == ["statuts.pdf"], "a document that the commune filed stays"
    assert commune.one(StoredFile).person_id is None
    assert commune.all(Proxy) == []


def test_content_of_an_erased_persons_files_goes(commune, nadia):
    import os

    names = {file.name: file.sha256 for file in commune.all(StoredFile)}
    for digest in names.values():
        os.utime(store().path(commune.tenant.schema, digest), (0, 0))
    with commune.session() as session:
        privacy.erase(session, get_person(session, nadia.id), modules())
    left = [file.sha256 for file in store().iter_space(commune.tenant.schema)]
    assert left == [names["statuts.pdf"]]


def test_the_page_says_them_in_words(commune, nadia):
    """Nothing of « Mes données » is shown by its code."""
    page = commune.client(nadia).get("/mon-compte/donnees")
    for words in ("Vous agissez pour", "Les Amis de la Loire", "Fichiers que vous avez déposés", "clé d’accès"):
        assert words in page.words, words
    for code in ("acts for", "given", "guardian", "created at"):
        assert code not in page.words, code
