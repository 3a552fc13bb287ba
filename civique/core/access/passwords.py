"""What a password must be: long rather than complicated, and not one that everybody tries first."""

from civique.core.folding import fold

SHORTEST = 12
LONGEST = 200
# Long enough to pass the length rule, and among the first that anybody tries; compared without accents, case and signs.
COMMON_WORDS = """
    123456789012 1234567890123 1234567890abc azertyuiop123 azertyuiopqs azertyuiopqsdfghjklm qwertyuiop123 qwertyuiopas
    motdepasse123 motdepasse1234 motdepassemotdepasse password1234 password12345 passwordpassword administrateur
    administrateur1 administrator bienvenue123 bienvenue2024 bienvenue2025 bienvenue2026 mairiemairie mairie123456
    mairiemairie1 secretairemairie iloveyou1234 jetaimejetaime soleilsoleil doudoudoudou loulouloulou chouchouchou
    changezmoi123 changemechangeme abcdefghijkl abcdefghijklm abcd12345678 aaaaaaaaaaaa 000000000000 111111111111
    azerty123456 azertyazerty qwerty123456 qwertyqwerty liberteegalitefraternite
"""
COMMON = frozenset(COMMON_WORDS.split())


def weakness(password: str, *known_words: str) -> str | None:
    """Why a password is refused: ``short``, ``long``, ``common``, ``known``; None when it is good.

    Args:
        known_words: what anybody knows of the person (name, address, commune): a password made of one alone is refused.
    """
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    plain = fold(password).replace(" ", "")
    if plain in COMMON or len(set(plain)) < 4:
        return "common"
    letters = plain.rstrip("0123456789")
    words = {fold(word).replace(" ", "") for word in known_words if word}
    return "known" if letters in words else None
