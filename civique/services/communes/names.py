"""Names of communes in French sentences, in addresses and in search keys."""

import re
import unicodedata
from enum import IntEnum

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})
_ABBREVIATIONS = {"st": "saint", "ste": "sainte"}


class Article(IntEnum):
    """How a name is linked to a sentence: INSEE's « type de nom en clair » (TNCC), `typeLiaison` in the data set.

    Names carry their article already (« Le Mans »); the code tells how it contracts.
    """

    CONSONANT = 0  # de Lille
    VOWEL = 1  # d’Angers, also before a mute h
    LE = 2  # du Mans
    LA = 3  # de La Rochelle
    LES = 4  # des Ponts-de-Cé
    L = 5  # de L’Isle-sur-la-Sorgue
    AUX = 6  # des Marais
    LAS = 7  # de Las Illas
    LOS = 8  # de Los Masos


_ARTICLES = {
    Article.CONSONANT: "",
    Article.VOWEL: "",
    Article.LE: "Le ",
    Article.LA: "La ",
    Article.LES: "Les ",
    Article.L: "L’",
    Article.AUX: "Aux ",
    Article.LAS: "Las ",
    Article.LOS: "Los ",
}


def articles_of(name: str) -> list[Article]:
    """Articles that may go with a name: the one that it carries; without one, what its first letter commands. Before an h
    or a y, both are possible (« d’Hyères », « de Hœnheim »)."""
    carried = [article for article, words in _ARTICLES.items() if words and name.replace("'", "’").startswith(words)]
    if carried:
        return carried
    first = fold(name)[:1]
    if first in "hy":
        return [Article.CONSONANT, Article.VOWEL]
    return [Article.VOWEL if first in "aeiou" else Article.CONSONANT]


def fold(text: str) -> str:
    """`text` as lowercase ASCII words separated by one space, « St » and « Ste » written out.

    Accents, case, hyphens, apostrophes and ligatures disappear: « L'Œuf-St-Clément » gives « l oeuf saint clement ».
    """
    # œ and æ have no canonical decomposition: NFKD alone would lose them.
    decomposed = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(_ABBREVIATIONS.get(word, word) for word in re.findall(r"[a-z0-9]+", plain.lower()))


def is_one_slip_away(typed: str, meant: str) -> bool:
    """Whether one letter is missing, too many, another, or two neighbours are swapped."""
    short, long = sorted((typed, meant), key=len)
    start = next((n for n, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    if len(long) == len(short) + 1:
        return short[start:] == long[start + 1 :]
    swapped = short[start : start + 2] == long[start : start + 2][::-1] and short[start + 2 :] == long[start + 2 :]
    return len(long) == len(short) and (short[start + 1 :] == long[start + 1 :] or swapped)


def split_article(name: str, article: int) -> tuple[str, str]:
    """The written article of `name` (with its space or apostrophe, or empty) and the rest, apostrophes typographic."""
    name = name.replace("'", "’")
    written = _ARTICLES[Article(article)]
    return written, name[len(written) :] if written and name.startswith(written) else name


def name_with_article(name: str, article: int) -> str:
    """« Lille », « Le Mans », « L’Isle-sur-la-Sorgue »; the article is added when `name` does not carry it."""
    return "".join(split_article(name, article))


def name_with_de(name: str, article: int) -> str:
    """« de Lille », « d’Angers », « du Mans », « de La Rochelle », « des Ponts-de-Cé »."""
    written, bare = split_article(name, article)
    match Article(article):
        case Article.VOWEL:
            return f"d’{bare}"
        case Article.LE:
            return f"du {bare}"
        case Article.LES | Article.AUX:
            return f"des {bare}"
        case _:
            return f"de {written}{bare}"


def name_with_a(name: str, article: int) -> str:
    """« à Lille », « au Mans », « à La Rochelle », « aux Ponts-de-Cé »."""
    written, bare = split_article(name, article)
    match Article(article):
        case Article.LE:
            return f"au {bare}"
        case Article.LES | Article.AUX:
            return f"aux {bare}"
        case _:
            return f"à {written}{bare}"


def name_slug(name: str, department_code: str) -> str:
    """« name-department » in a–z, 0–9 and hyphens: `loire-authion-49`.

    Two current communes of one département never share a name, so the slug of a current commune is unique;
    the longest is 48 characters, within the 63 of a host name's label. « St » is written out as in `fold`.
    """
    return f"{fold(name)} {department_code.lower()}".replace(" ", "-")
