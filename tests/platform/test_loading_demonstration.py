"""Loading the demonstration: again after it died, what a module adds; the messages that it sends are listed."""

import pytest
from sqlalchemy import select, text

pytestmark = pytest.mark.fresh_communes


def test_a_load_that_died_is_finished_by_the_next_start(services, monkeypatch):
    from civique import demo
    from civique.core.process import engines, provisioner, registry
    from civique.demonstration import blou

    class Killed(BaseException):
        pass

    def dies(*args):
        raise Killed

    try:
        with monkeypatch.context() as patch:
            patch.setattr(blou, "add_place", dies)
            with pytest.raises(Killed):
                demo.load(engines(), provisioner())
        assert [tenant.name for tenant in demo.load(engines(), provisioner())] == ["Blou", "Angrie"]
        assert demo.load(engines(), provisioner()) == []
    finally:
        with engines().owner.begin() as connection:
            connection.execute(text("UPDATE platform.tenant SET state = 'deleted' WHERE demonstration"))
        registry().forget()


def test_messages_are_listed_filtered_and_shown(apex, mailbox, commune):
    client = commune.client()
    client.submit("/connexion", {"email": "lectrice@exemple.fr"})
    mailbox()
    page = apex.get("/_mail?pour=lectrice@exemple.fr")
    assert page.status == 200
    link = next(link for link in page.links() if link.startswith("/_mail/"))
    shown = apex.get(link)
    assert "lectrice@exemple.fr" in shown.words
    assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]
    frame = apex.client.get(f"{link}/html", base_url=f"http://{apex.host}")
    assert frame.status_code == 200
    policy = frame.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    fragment = apex.get("/_mail?pour=personne", headers={"HX-Request-Type": "partial"})
    assert "<h1" not in fragment.text
    assert apex.get("/_mail/../../etc/passwd").status == 404
    assert apex.get("/_mail/nothing.eml").status == 404


def test_a_module_adds_its_own_part(make_commune, monkeypatch):
    from dataclasses import replace

    from civique.core.people.models import Person
    from civique.core.registry import modules
    from civique.demo import fill
    from civique.demonstration import blou

    seen = []
    sample = replace(modules()["sample"], demo=lambda session, world: seen.append((session.tenant.name, world)))
    monkeypatch.setitem(modules().by_name, "sample", sample)
    for chosen in ((), ("sample",)):
        commune = make_commune("49030", *chosen)
        with commune.session() as session:
            fill(session, commune.tenant, blou.build)
            assert session.scalars(select(Person)).unique().first() is not None
        if not chosen:
            assert seen == [], "a module that is off adds nothing"
            from civique.core.process import engines

            with engines().owner.begin() as connection:
                connection.execute(
                    text("UPDATE platform.tenant SET state = 'deleted' WHERE id = :id"), {"id": commune.tenant.id}
                )
    (name, world) = seen[0]
    assert name == "Blou"
    assert set(world.people) == {"administrator", "secretary"}
    assert world.delegated == []
    assert len(world.paper) == 3
