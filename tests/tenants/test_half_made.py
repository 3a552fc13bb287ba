"""A creation or a deletion that was killed keeps nobody else from migrating or being checked."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from civique.cli import main
from civique.core.documents.operations import store
from civique.core.opening import open_commune
from civique.core.process import engines, provisioner, registry
from civique.prepare import migrate

pytestmark = pytest.mark.fresh_communes


@pytest.fixture
def half_made(services, monkeypatch):
    """A commune whose creation was killed before its schema."""

    def dies(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(provisioner(), "create_schema", dies)
        with pytest.raises(KeyboardInterrupt):
            open_commune(engines(), provisioner(), "49029")
    made = registry().by_insee("49029")
    yield made
    provisioner().set_state(made, "creating")
    tenant = open_commune(engines(), provisioner(), "49029")
    provisioner().delete(tenant, forget_files=store().delete_space, rest=timedelta(0))


@pytest.mark.parametrize("state", ["creating", "deleting"])
def test_the_others_are_migrated_and_checked(half_made, commune, state):
    provisioner().set_state(half_made, state)
    assert [outcome for outcome in migrate() if outcome.error] == []
    commune.person("Anne", "Admin", "administrator")
    checked = CliRunner().invoke(main, ["tenant", "check"])
    assert checked.exit_code == 1
    assert checked.output.startswith(f"« {half_made.slug} » is « {state} »"), "and nothing is said of the others"
    assert checked.output.count("\n") == 1
