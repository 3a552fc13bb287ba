"""Rows and contents of files: neither is lost, and none stays without the other."""

import io
import os
import time

from click.testing import CliRunner

from civique.cli import main
from civique.core import privacy
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import drop_file, keep_file, store
from civique.core.registry import modules


def kept_names(commune):
    """Contents that the file store has for a commune."""
    return [file.sha256 for file in store().iter_space(commune.tenant.schema)]


def keep(commune, content, **facts):
    with commune.session() as session:
        return keep_file(session, io.BytesIO(content), name="a.txt", mime="text/plain", **facts)


def age(commune, sha256, seconds):
    """Make a content as old as if it had been written that long ago."""
    moment = time.time() - seconds
    os.utime(store().path(commune.tenant.schema, sha256), (moment, moment))


def rolled_back(commune, content):
    """An upload whose page failed after the content was written."""
    with commune.session() as session:
        keep_file(session, io.BytesIO(content), name="a.txt", mime="text/plain")
        session.rollback()


def purge(commune):
    with commune.session() as session:
        return privacy.purge(session, modules())


def test_content_of_a_rolled_back_upload_goes_after_a_day(commune):
    rolled_back(commune, b"lost")
    kept = keep(commune, b"kept")
    (lost,) = set(kept_names(commune)) - {kept.sha256}
    purge(commune)
    assert lost in kept_names(commune), "its transaction could still be under way"
    age(commune, lost, 25 * 3600)
    age(commune, kept.sha256, 25 * 3600)
    assert purge(commune)["file"] == 1
    assert kept_names(commune) == [kept.sha256]


def test_content_that_is_sent_again_is_young_again(commune):
    """The same bytes as an orphan's: the sweep must not take them before the new row is committed."""
    rolled_back(commune, b"same")
    age(commune, kept_names(commune)[0], 25 * 3600)
    with commune.session() as session:
        keep_file(session, io.BytesIO(b"same"), name="a.txt", mime="text/plain")
        purge(commune)
    assert kept_names(commune) == [commune.one(StoredFile).sha256]


def test_a_dropped_file_whose_transaction_is_rolled_back_keeps_its_content(commune):
    file = keep(commune, b"dear")
    age(commune, file.sha256, 3600)
    with commune.session() as session:
        drop_file(session, session.get(StoredFile, file.id))
        session.rollback()
    assert kept_names(commune) == [file.sha256]
    with commune.session() as session:
        drop_file(session, session.get(StoredFile, file.id))
        assert kept_names(commune) == [file.sha256], "not before the commit"
    assert kept_names(commune) == []


def test_content_that_another_row_uses_stays(commune):
    one, other = keep(commune, b"twice"), keep(commune, b"twice")
    age(commune, one.sha256, 3600)
    with commune.session() as session:
        drop_file(session, session.get(StoredFile, one.id))
    assert kept_names(commune) == [other.sha256]


def test_a_row_without_content_is_reported(commune):
    file = keep(commune, b"gone")
    commune.person("Anne", "Admin", "administrator")
    assert CliRunner().invoke(main, ["tenant", "check"]).exit_code == 0
    store().delete(commune.tenant.schema, file.sha256)
    said = CliRunner().invoke(main, ["tenant", "check"])
    assert said.exit_code == 1
    assert f"− file {file.sha256}" in said.output
    assert commune.tenant.slug in CliRunner().invoke(main, ["doctor"]).output
