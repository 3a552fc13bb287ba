"""The commune's colour, corrected so that text is readable on it (WCAG AA), in its six variants, light and dark.

Computed by the server because ``color-mix`` is missing from the oldest browsers we serve.
"""

import hashlib
import re
from functools import lru_cache

Rgb = tuple[float, float, float]
WHITE: Rgb = (1.0, 1.0, 1.0)
INK: Rgb = (0.122, 0.153, 0.2)
PAPER: Rgb = (0.984, 0.976, 0.957)
NIGHT: Rgb = (0.11, 0.133, 0.161)
HEX = re.compile(r"#[0-9a-fA-F]{6}")
DEFAULT = "#1c5d7d"


def luminance(colour: Rgb) -> float:
    """Relative luminance (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio, from 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def parse(text: str) -> Rgb:
    """« #1c5d7d » as three numbers from 0 to 1; anything else is the default colour."""
    text = text if HEX.fullmatch(text) else DEFAULT
    return tuple(int(text[i : i + 2], 16) / 255 for i in (1, 3, 5))  # type: ignore[return-value]


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """``share`` of the other colour in the first."""
    return tuple(a + (b - a) * share for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


def readable(colour: Rgb, ground: Rgb, towards: Rgb, ratio: float = 4.6) -> Rgb:
    """The nearest colour on the way to black or white that is readable on a ground."""
    for step in range(101):
        candidate = mix(colour, towards, step / 100)
        if contrast(candidate, ground) >= ratio:
            return candidate
    return towards


def to_hex(colour: Rgb) -> str:
    """« #rrggbb »."""
    return "#" + "".join(f"{round(c * 255):02x}" for c in colour)


@lru_cache(maxsize=1000)
def stylesheet(text: str) -> str:
    """The small style sheet of a commune's colour."""
    colour = parse(text)
    black: Rgb = (0.0, 0.0, 0.0)
    brand = readable(colour, WHITE, black)
    light = {
        "brand": brand,
        "brand-ink": readable(mix(brand, black, 0.2), mix(brand, WHITE, 0.88), black),
        "brand-wash": mix(brand, WHITE, 0.9),
        "brand-line": mix(brand, WHITE, 0.68),
        "brand-mid": mix(brand, WHITE, 0.52),
        "brand-dark": mix(brand, black, 0.15),
        "on-brand": WHITE,
    }
    dark = {
        "brand-ink": readable(mix(colour, WHITE, 0.5), mix(NIGHT, colour, 0.2), WHITE),
        "brand-wash": mix(NIGHT, colour, 0.22),
        "brand-line": mix(NIGHT, mix(colour, WHITE, 0.3), 0.5),
        "brand-mid": mix(colour, WHITE, 0.35),
    }
    return f":root{{{_rules(light)}}}@media (prefers-color-scheme:dark){{:root{{{_rules(dark)}}}}}"


def fingerprint(text: str) -> str:
    """Short name of a colour's style sheet, for its address."""
    return hashlib.sha256(stylesheet(text).encode()).hexdigest()[:10]


def corrected(text: str) -> str:
    """The colour that will really be used, to show beside the one that was chosen."""
    return to_hex(readable(parse(text), WHITE, (0.0, 0.0, 0.0)))


def _rules(colours: dict[str, Rgb]) -> str:
    return "".join(f"--{name}:{to_hex(colour)};" for name, colour in colours.items())
