"""What people typed, in the one form in which it is kept: read once, where it enters.

Lines end with LF, as browsers count them. Characters that draw nothing and those that turn the direction of what follows
go: they hide what a name or a link says, and make two words of one. Accents are composed (NFC) and typographic ligatures
opened; « ½ », « m² » and « № » stay as they are.
"""

import re
import unicodedata
from typing import Any

LINE_ENDS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
LIGATURES = {code: unicodedata.normalize("NFKD", chr(code)) for code in range(0xFB00, 0xFB07)}
"""ﬀ, ﬁ, ﬂ, ﬃ, ﬄ, ﬅ, ﬆ: what a PDF gives when words are copied from it."""
BRAILLE_BLANK = "\u2800"

# The characters that Unicode calls « default ignorable », the marks of interlinear notes, and what no XML reader takes:
# control characters but the tab and the line end, halves of pairs, characters that never are.
INVISIBLE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# The flags of England, Scotland and Wales are written with characters that draw nothing elsewhere.
LOOKED_AT = re.compile(f"\U0001f3f4[\U000e0061-\U000e007a]{{2,6}}\U000e007f|[{INVISIBLE}]")
NON_JOINER, JOINER, AS_TEXT, AS_PICTURE = "\u200c", "\u200d", "\ufe0e", "\ufe0f"
PICTURES_AMONG_LETTERS = "‼⁉ℹ〰"
# Arabic to Malayalam: there, joiners change how letters are drawn.
JOINED_SCRIPTS = re.compile("[\u0600-\u0dff]")


def normalized(text: str) -> str:
    """A text in the form that is kept; spaces around it stay."""
    if text.isascii() and text.isprintable():
        return text
    text = LINE_ENDS.sub("\n", text).translate(LIGATURES).replace(BRAILLE_BLANK, " ")
    return unicodedata.normalize("NFC", LOOKED_AT.sub(_what_stays, text))


def _what_stays(match: re.Match[str]) -> str:
    """A flag; the character that joins two pictures or chooses how one is drawn; a joiner inside a script that needs it."""
    found, text = match[0], match.string
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if before == AS_PICTURE:
        before = text[match.start() - 2 : match.start() - 1]
    if found in {AS_PICTURE, AS_TEXT}:
        stays = _is_picture(before) or (after == "\u20e3" and before in set("0123456789#*"))
    elif found in {JOINER, NON_JOINER} and JOINED_SCRIPTS.match(before):
        stays = bool(JOINED_SCRIPTS.match(after))
    else:
        stays = len(found) > 1 or (found == JOINER and _is_picture(before) and _is_picture(after))
    return found if stays else ""


def _is_picture(character: str) -> bool:
    known = character and (unicodedata.category(character) in {"So", "Sk", "Sm"} or character in PICTURES_AMONG_LETTERS)
    return bool(known) and not character.isascii()


def is_visible(text: str) -> bool:
    """Whether something is drawn: a letter, a digit, a sign; not spaces and marks alone."""
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)


def trimmed(text: str) -> str:
    """A text in the form that is kept, without the spaces around it; empty when it draws nothing."""
    text = normalized(text).strip()
    return text if is_visible(text) else ""


def normalized_tree(value: Any) -> Any:
    """What was sent as JSON, each of its texts in the form that is kept."""
    if isinstance(value, str):
        return normalized(value)
    if isinstance(value, dict):
        return {normalized(name): normalized_tree(part) for name, part in value.items()}
    return [normalized_tree(part) for part in value] if isinstance(value, list) else value
