"""Large piles of letters: one PDF made by a job, sorted for the postman; « c’est imprimé » for exactly those letters."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from civique.core import privacy
from civique.core.messages.content import Content
from civique.core.messages.models import BatchLetter, Message
from civique.core.messages.operations import write_to
from civique.core.people.operations import register_person
from civique.core.people.queries import get_person
from civique.core.process import engines
from civique.core.registry import modules
from civique.core.tasks import Task, result_path
from civique.worker import perform

ROOT = Path(__file__).parent.parent.parent.parent
PILE = "/mairie/courriers"
TOWNS = (("49800", "Andard"), ("49250", "Brion"), ("49630", "Corné"))


def pile(commune, number=60):
    with commune.session() as session:
        for i in range(number):
            code, city = TOWNS[i % 3]
            person = register_person(
                session,
                f"Prénom{i:03}",
                f"Nom{i:03}",
                street=f"{i} rue du Port",
                postal_code=code,
                city=city,
                locale="en" if i % 10 == 0 else "fr",
            )
            words = Content(f"Objet {i:03}", ("Nous vous répondons.",), "Vous avez écrit.")
            write_to(session, person, "test.letter", lambda words=words: words)


def prepare(client):
    """Ask for the PDF of the whole pile; gives the page of the task."""
    whole = next(link for link in client.get(PILE).links() if "jusqua" in link)
    batch = client.get(whole)
    return batch, client.post(f"{PILE}/lots", batch.form())


def row_of_the_job(commune):
    query = text("SELECT id FROM platform.outbox WHERE owner = :owner AND job = 'core.print_letters' ORDER BY id DESC")
    with engines().platform.connect() as connection:
        return connection.execute(query, {"owner": commune.tenant.role}).scalars().first()


def test_a_large_pile_is_one_pdf_in_the_order_of_the_postman(commune, secretary, run_jobs):
    pile(commune)
    batch, asked = prepare(secretary)
    assert "Préparer le PDF" in batch.words
    assert "49250 Brion : 20" in batch.words.replace("\u00a0", " ")
    assert "Vous pouvez quitter cette page" in secretary.follow(asked).words
    assert run_jobs() == 1
    page = secretary.get(asked.location)
    lot = next(link for link in page.links() if "/courriers/lots/" in link)
    shown = secretary.get(lot)
    assert shown.title == "60 courriers dans ce lot"
    answer = secretary.get(f"{lot}.pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    pdf = PdfReader(io.BytesIO(answer.response.get_data()))
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf.trailer["/Root"]["/Metadata"].get_data()
    sheets = [sheet.extract_text() for sheet in pdf.pages]
    assert len(sheets) == 60
    codes = [next(code for code, _ in TOWNS if code in sheet) for sheet in sheets]
    assert codes == sorted(codes)
    assert sum("Subject:" in sheet for sheet in sheets) == 6
    assert len(commune.all(Message, state="to_print")) == 60, "a PDF marks nothing"
    with commune.session() as session:
        words = Content("Tardive", ("…",), "…")
        late = write_to(session, register_person(session, "Zoé", "Tardive"), "test.letter", lambda: words)
    assert "60 courriers, " in secretary.get(PILE).words.replace("\u00a0", " ")
    done = secretary.follow(secretary.submit(f"{lot}/imprimes", on=lot))
    assert "60 courriers ont quitté la pile" in done.text.replace("\u00a0", " ")
    assert [m.id for m in commune.all(Message, state="to_print")] == [late.id]
    assert "ont quitté la pile" in secretary.get(lot).words


def test_asked_twice_makes_one_and_said_twice_marks_once(commune, secretary, run_jobs):
    pile(commune)
    batch, asked = prepare(secretary)
    assert secretary.post(f"{PILE}/lots", batch.form()).location == asked.location
    assert len(commune.all(Task)) == 1
    run_jobs()
    lot = f"{PILE}/lots/{commune.one(Task).id}"
    form = secretary.get(lot).form()
    for _turn in range(2):
        assert secretary.post(f"{lot}/imprimes", form).status == 303
    assert len(commune.sql("SELECT 1 FROM audit_entry WHERE action = 'message.printed'")) == 60


def test_a_colleague_may_print_it_and_nobody_else(commune, neighbour, secretary, run_jobs):
    pile(commune)
    _, asked = prepare(secretary)
    run_jobs()
    lot = f"{PILE}/lots/{commune.one(Task).id}"
    colleague = commune.client(commune.person("Ali", "Accueil", "counter"))
    assert colleague.get(lot).status == 200
    assert colleague.get(f"{lot}.pdf").status == 200
    assert commune.client(commune.person("Paul", "Roy", "elected")).get(f"{lot}.pdf").status == 403
    other = neighbour.client(neighbour.person("Anne", "Voisine", "secretary"))
    assert other.get(lot).status == 404
    assert other.get(f"{lot}.pdf").status == 404
    assert secretary.get(f"{asked.location}/fichier").location == lot


def test_a_batch_that_is_not_written_yet_or_any_more(commune, secretary, run_jobs):
    pile(commune)
    prepare(secretary)
    task = commune.one(Task)
    lot = f"{PILE}/lots/{task.id}"
    assert secretary.get(lot).title == "Ce PDF est introuvable"
    assert secretary.get(f"{lot}.pdf").status == 404
    form = secretary.get("/mairie/saisir/personne?pour=desk_counter.question").form()
    assert secretary.post(f"{lot}/imprimes", form).status == 404
    assert len(commune.all(Message, state="to_print")) == 60


def test_an_erased_person_is_in_no_pdf(commune, secretary, run_jobs):
    pile(commune)
    prepare(secretary)
    run_jobs()
    task = commune.one(Task)
    path = result_path(commune.tenant, task.id)
    assert path.exists()
    letter = commune.all(Message, state="to_print")[0]
    with commune.session() as session:
        privacy.erase(session, get_person(session, letter.person_id), modules())
    assert not path.exists()
    assert len(commune.all(BatchLetter)) == 59
    assert secretary.get(f"{PILE}/lots/{task.id}").title == "Ce PDF est introuvable"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_killed_worker_loses_no_letter_and_marks_none(commune, secretary, run_jobs, moment):
    """kill -9 before or after the PDF is in its place: the next attempt makes it, nothing was marked."""
    pile(commune)
    prepare(secretary)
    outbox_id = row_of_the_job(commune)
    stuck = {
        "before": "from civique.core.messages import batches\nbatches.as_letters = stuck\n",
        "after": "from civique.core import tasks\ntasks.finish = stuck\n",
    }[moment]
    script = (
        "import sys, time\n"
        "def stuck(*_, **__):\n"
        "    print('half', flush=True)\n"
        "    time.sleep(600)\n"
        f"{stuck}"
        "from civique.worker import perform\n"
        "perform(sys.argv[1])\n"
    )
    command = [sys.executable, "-c", script, str(outbox_id)]
    worker = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE)
    assert worker.stdout.readline() == b"half\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert commune.one(Task).state != "done"
    assert len(commune.all(Message, state="to_print")) == 60
    perform(str(outbox_id))
    task = commune.one(Task)
    assert task.state == "done"
    assert len(PdfReader(result_path(commune.tenant, task.id)).pages) == 60
    assert len(commune.all(Message, state="to_print")) == 60
