"""Texts of unknown encoding: what spreadsheets of Windows, of a Mac and of old programs save as CSV.

Nothing in such a file says how it is written. French words tell: in the right reading, letters with an accent stand among
letters of the same case, and nothing else is odd.
"""

ODD = -5
ENCODINGS = ("cp1252", "mac_roman", "cp850")
LETTERS = frozenset("àâäæçéèêëîïôöœùûüÿñ")
SIGNS = frozenset("«»‹›“”‘’–—…•°€\u00a0\u202f")
RAISED, OTHER_SIGNS = frozenset("²³ªº"), frozenset("½¼¾§µ£·×÷±®©™")
OTHER_LETTERS = frozenset("áãåíìóòõøúýßšž")
"""Of the neighbours' names; neither for nor against a reading."""


def decoded(data: bytes) -> str:
    """A text, read as its mark says, else as UTF-8, else as what makes French of it.

    Raises:
        UnicodeError: no reading is plausible.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    readings = [reading for reading in (_read(data, encoding) for encoding in ENCODINGS) if reading is not None]
    best = max(readings, key=_plausibility)  # the first of those that are as plausible: cp1252
    if _plausibility(best) < 0:
        raise UnicodeError
    return best


def _read(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _plausibility(text: str) -> int:
    """Points for each character beyond ASCII: French where it stands, or odd."""
    return sum(
        _points(character, text[max(0, place - 1) : place], text[place + 1 : place + 2])
        for place, character in enumerate(text)
        if not character.isascii()
    )


def _points(character: str, before: str, after: str) -> int:
    if character.lower() in LETTERS:
        small = character.islower()
        # « CHåTAIGNE » and « chÄtaigne » are another encoding; « École » and « prévu » are not.
        odd = (before.isupper() and after.isupper()) if small else before.islower()
        return ODD if odd else 2
    if character in SIGNS:
        return 1
    if character.lower() in OTHER_LETTERS or character in RAISED:
        return 0
    alone = not before.isalpha() and not after.isalpha()
    return 0 if character in OTHER_SIGNS and alone else ODD
