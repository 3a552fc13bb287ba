"""A reference as it is read out on the telephone: letters by the French spelling names, digits two by two."""

NAMES = {
    name[0]: name
    for name in (
        "Anatole",
        "Berthe",
        "Célestin",
        "Désiré",
        "Eugène",
        "François",
        "Gaston",
        "Henri",
        "Irma",
        "Joseph",
        "Kléber",
        "Louis",
        "Marcel",
        "Nicolas",
        "Oscar",
        "Pierre",
        "Quintal",
        "Raoul",
        "Suzanne",
        "Thérèse",
        "Ursule",
        "Victor",
        "William",
        "Xavier",
        "Yvonne",
        "Zoé",
    )
}


def spelled(reference: str) -> list[tuple[str, str]]:
    """Groups of a reference, each with how to say it: ``CON-2026-0042`` → CON « C comme Célestin… », 2026, 00 42.

    The second part is empty when the group is said as it is written.
    """
    groups = []
    for number, part in enumerate(reference.split("-")):
        if number == 1 and part.isdecimal():
            groups.append((part, ""))  # the year
        elif part.isdecimal():
            digits = part if len(part) % 2 == 0 else f"0{part}"
            groups.append((" ".join(digits[i : i + 2] for i in range(0, len(digits), 2)), ""))
        else:
            groups.append((" ".join(part), ", ".join(NAMES.get(letter, letter) for letter in part.upper())))
    return groups
