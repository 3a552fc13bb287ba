"""A collection is told: its days until it has been held, its story when whoever asked for it agreed, that is, asked for one."""

from civique.core import clock
from civique.core.refused import Refused
from civique.core.stories.declarations import Told, ToldSubject
from tests.sample.agreements import may_follow
from tests.sample.models import Pickup


def describe(_session, pickup):
    return Told(pickup.what, "/encombrants", "/encombrants/tournee", "/encombrants", pickup.person_id)


def check(_session, pickup, step):
    if step == "note" and pickup.day < clock.today():
        raise Refused("Cette collecte est passée.", rule="over")
    if step == "publish" and pickup.person_id is None:
        raise Refused("Personne n’a donné son accord.", rule="not_agreed")


STORIES = ToldSubject(Pickup, describe, may_follow, check, "core.stories", "core.stories")
