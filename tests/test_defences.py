"""The tool of ``make defences`` itself, tried on defences that are none."""

import textwrap

from tests.defences import judged, main, run_without

FAKE = '''
    import os.path
    from tests.defences import defence, replaced

    def no_change(patch):
        """A defence that was written and is used nowhere."""

    @defence("noticed when it goes", replaced("os.path.isabs", lambda path: False))
    def test_one():
        assert os.path.isabs("/etc")

    @defence("changes nothing", no_change)
    @defence("noticed beside it", replaced("os.path.isabs", lambda path: False))
    def test_two():
        assert os.path.isabs("/etc")

    @defence("cannot be taken away", replaced("os.path.renamed_since", None))
    def test_three():
        assert False

    def test_without_defence():
        assert False
'''


def test_what_changes_nothing_is_reported(tmp_path, capsys):
    file = tmp_path / "test_fake.py"
    file.write_text(textwrap.dedent(FAKE))
    found = {what: judged(tests)[0] for what, tests in run_without([str(file)]).items()}
    assert found == {
        "noticed when it goes": "noticed",
        "changes nothing": "NOT NOTICED",
        "noticed beside it": "noticed",
        "cannot be taken away": "BROKEN",
    }
    assert main([str(file)]) == 1
    assert "4 defences, 2 not noticed." in capsys.readouterr().out
    assert main([str(file), "-k", "test_one"]) == 0
    assert main([str(file), "-k", "nothing"]) == 1, "none is declared"
