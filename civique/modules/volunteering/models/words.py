"""The words that missions and volunteers share. Each list is kept in one integer, a bit a word: what two lists have in
common is one operation of the database.

A word keeps its place for ever: it is the number of its bit. New ones are added at the end, 31 at most.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from civique.core.i18n import _l


@dataclass(frozen=True)
class Word:
    """A word of a list.

    Args:
        told: how a suggestion says it.
        domain: its domain in the feed of API Engagement.
    """

    code: str
    label: Any
    told: Any = ""
    domain: str = "autre"


INTERESTS = (
    Word("nature", _l("Gardening and nature"), _l("likes gardening and nature"), "environnement"),
    Word("repair", _l("Repairing and making"), _l("likes repairing and making"), "environnement"),
    Word("cooking", _l("Cooking and shared meals"), _l("likes cooking"), "solidarite-insertion"),
    Word(
        "elders", _l("Keeping older people company"), _l("likes keeping older people company"), "solidarite-insertion"
    ),
    Word(
        "solidarity",
        _l("Helping people in difficulty"),
        _l("likes helping people in difficulty"),
        "solidarite-insertion",
    ),
    Word("children", _l("Children and homework"), _l("likes being with children"), "education"),
    Word("culture", _l("Shows, library, heritage"), _l("likes culture"), "culture-loisirs"),
    Word("events", _l("Festivities and events"), _l("likes festivities"), "culture-loisirs"),
    Word("sport", _l("Sport"), _l("likes sport"), "sport"),
    Word("digital", _l("Computers and telephones"), _l("likes computers"), "benevolat-competences"),
    Word("office", _l("Writing, accounts, organisation"), _l("likes organising"), "benevolat-competences"),
    Word("driving", _l("Driving people or things"), _l("likes driving"), "solidarite-insertion"),
    Word("animals", _l("Animals"), _l("likes animals"), "animaux"),
    Word("memory", _l("Memory and citizenship"), _l("likes civic life"), "memoire-et-citoyennete"),
    Word("health", _l("Health and first aid"), _l("likes looking after others"), "sante"),
)
SKILLS = (
    Word("licence", _l("Driving licence")),
    Word("vehicle", _l("A vehicle")),
    Word("first_aid", _l("First aid")),
    Word("youth", _l("Youth leader certificate (BAFA)")),
    Word("accounting", _l("Accounting")),
    Word("computing", _l("Computing")),
    Word("building", _l("Building trades")),
    Word("kitchen", _l("Kitchen hygiene")),
    Word("teaching", _l("Teaching")),
    Word("sound", _l("Sound and light")),
    Word("writing", _l("Administrative letters")),
)
LANGUAGES = (
    Word("en", _l("English")),
    Word("ar", _l("Arabic")),
    Word("es", _l("Spanish")),
    Word("pt", _l("Portuguese")),
    Word("de", _l("German")),
    Word("it", _l("Italian")),
    Word("uk", _l("Ukrainian")),
    Word("ru", _l("Russian")),
    Word("tr", _l("Turkish")),
    Word("ro", _l("Romanian")),
    Word("pl", _l("Polish")),
    Word("lsf", _l("French sign language")),
)
DAYS = (
    Word("mon", _l("Monday"), _l("on Mondays")),
    Word("tue", _l("Tuesday"), _l("on Tuesdays")),
    Word("wed", _l("Wednesday"), _l("on Wednesdays")),
    Word("thu", _l("Thursday"), _l("on Thursdays")),
    Word("fri", _l("Friday"), _l("on Fridays")),
    Word("sat", _l("Saturday"), _l("on Saturdays")),
    Word("sun", _l("Sunday"), _l("on Sundays")),
)
PARTS = (Word("morning", _l("Morning")), Word("afternoon", _l("Afternoon")), Word("evening", _l("Evening")))
SLOTS = tuple(Word(f"{day.code}-{part.code}", day.label, day.told) for day in DAYS for part in PARTS)
"""Half-days of a week and its evenings: the three parts of Monday, then those of Tuesday…"""

ORIGINS = {
    "meeting": _l("A meeting near home"),
    "ceremony": _l("A ceremony"),
    "newcomer": _l("Newcomers’ welcome"),
    "desk": _l("The volunteer desk"),
    "card": _l("A paper card"),
    "site": _l("The site"),
    "friend": _l("Somebody told them"),
    "other": _l("Another way"),
}
ONCE, REGULAR = "once", ("weekly", "monthly")
RHYTHMS = {
    ONCE: _l("Once, on a day"),
    "weekly": _l("Every week"),
    "monthly": _l("Every month"),
    "flexible": _l("To be agreed with the volunteer"),
}
SPECIALS = {
    "childminding": _l("Minding children while their parents take part"),
    "translation": _l("Translation"),
    "doorstep": _l("Door to door"),
    "survey": _l("Survey on the ground"),
}


def mask(codes: Iterable[str], words: Sequence[Word]) -> int:
    """Words as one integer; codes that no list has are left out."""
    chosen = set(codes)
    return sum(1 << rank for rank, word in enumerate(words) if word.code in chosen)


def within(value: int, words: Sequence[Word]) -> list[Word]:
    """Words that an integer holds, in the order of their list."""
    return [word for rank, word in enumerate(words) if value >> rank & 1]


def labels(value: int, words: Sequence[Word]) -> list[str]:
    """Their labels."""
    return [str(word.label) for word in within(value, words)]


def slots_in_words(value: int) -> list[str]:
    """A line a day: « Saturday (morning, evening) »; the day alone when it is the whole of it."""
    lines = []
    for rank, day in enumerate(DAYS):
        parts = labels(value >> (rank * len(PARTS)), PARTS)
        if len(parts) == len(PARTS):
            lines.append(str(day.label))
        elif parts:
            lines.append(f"{day.label} ({', '.join(part.lower() for part in parts)})")
    return lines


def days_told(value: int) -> list[str]:
    """Days of these half-days, as a suggestion says them."""
    return list(dict.fromkeys(str(word.told) for word in within(value, SLOTS)))
