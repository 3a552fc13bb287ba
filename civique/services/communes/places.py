"""What the département tells about a commune: its clock and its telephone plan."""

# IANA names. French Polynesia keeps three clocks: this is Tahiti's; the Marquesas and the Gambiers set their own.
_TIME_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "984": "Indian/Kerguelen",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}

# Regions of the phonenumbers library. The Terres australes (984) share the +262 of La Réunion.
_PHONE_REGIONS = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "977": "BL",
    "978": "MF",
    "984": "RE",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}


def time_zone(department_code: str) -> str:
    """IANA time zone of a département or overseas collectivity, `Europe/Paris` for all others."""
    return _TIME_ZONES.get(department_code, "Europe/Paris")


def phone_region(department_code: str) -> str:
    """Region under which `phonenumbers` reads a number written locally: overseas numbers are refused under `FR`."""
    return _PHONE_REGIONS.get(department_code, "FR")
