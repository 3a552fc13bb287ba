"""Pictures of the demonstration, drawn here: places and things, nobody. Each scene is the same at every drawing.

Drawn twice as large and reduced, so that the edges are smooth.
"""

import io
from collections.abc import Callable
from math import pi, sin
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT, TWICE = 1200, 720, 2
SKY, DUSK, SAND, EARTH = "#d9e8ee", "#f4dfc0", "#e9dfc9", "#8a6d4b"
MEADOW, GRASS, LEAF, HEDGE = "#a9bf7e", "#85a25c", "#5d7f46", "#43653c"
WATER, DEEP, ROOF, WALL, SLATE = "#8fb7c9", "#4f87a0", "#a8553c", "#f6efe2", "#5a6570"
SUN, RED, VIOLET, WHITE = "#f2c14e", "#c9503f", "#7c6aa6", "#fffdf7"

Draw = ImageDraw.ImageDraw
Point = tuple[float, float]


def draw(scene: str) -> bytes:
    """A scene as a PNG file.

    Args:
        scene: one of ``SCENES``.
    """
    image = Image.new("RGB", (WIDTH * TWICE, HEIGHT * TWICE), SKY)
    SCENES[scene](ImageDraw.Draw(image))
    return _png(image.resize((960, 576), Image.Resampling.BOX))


def draw_crest(colour: str) -> bytes:
    """A shield with a sun above a river, as a PNG file without background."""
    size = (168 * 4, 192 * 4)
    image = Image.new("RGBA", size)
    drawing = ImageDraw.Draw(image)
    across, down = size[0] / 42, size[1] / 48
    shield = [(2, 2), (40, 2), (40, 24), (38, 32), (33, 39), (27, 43), (21, 46), (15, 43), (9, 39), (4, 32), (2, 24)]
    drawing.polygon([(x * across, y * down) for x, y in shield], fill=colour)
    drawing.ellipse((15 * across, 8 * down, 27 * across, 8 * down + 12 * across), fill=SUN)
    for y, thick in ((25, 3.4), (32, 3.0)):
        wave = [(x / 4, y + 1.7 * sin(x / 4 * pi / 6)) for x in range(28, 141)]
        edge = [*wave, *((x, at + thick) for x, at in reversed(wave))]
        drawing.polygon([(x * across, at * down) for x, at in edge], fill=WHITE)
    return _png(image.resize((168, 192), Image.Resampling.LANCZOS))


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


# Parts of scenes; points are in the final picture, 1200 by 720 ---------------------------------------------------------


def _shape(drawing: Draw, points: list[Point], colour: str) -> None:
    drawing.polygon([(x * TWICE, y * TWICE) for x, y in points], fill=colour)


def _box(drawing: Draw, left: float, top: float, right: float, bottom: float, colour: str) -> None:
    drawing.rectangle((left * TWICE, top * TWICE, right * TWICE, bottom * TWICE), fill=colour)


def _disc(drawing: Draw, x: float, y: float, radius: float, colour: str) -> None:
    drawing.ellipse([at * TWICE for at in (x - radius, y - radius, x + radius, y + radius)], fill=colour)


def _hill(drawing: Draw, top: float, swing: float, length: float, shift: float, colour: str) -> None:
    ridge = [(x, top + swing * sin(x / length + shift)) for x in range(0, WIDTH + 1, 10)]
    _shape(drawing, [*ridge, (WIDTH, HEIGHT), (0, HEIGHT)], colour)


def _sun(drawing: Draw, x: float, y: float) -> None:
    _disc(drawing, x, y, 90, "#f6e3b4")
    _disc(drawing, x, y, 58, SUN)


def _tree(drawing: Draw, x: float, foot: float, size: float, leaf: str = LEAF) -> None:
    _box(drawing, x - size * 0.06, foot - size * 0.45, x + size * 0.06, foot, EARTH)
    for across, up, radius in ((-0.2, 0.62, 0.27), (0.2, 0.62, 0.27), (0, 0.85, 0.3)):
        _disc(drawing, x + across * size, foot - up * size, radius * size, leaf)


def _house(drawing: Draw, left: float, foot: float, width: float, height: float, roof: str = SLATE) -> None:
    top = foot - height
    _box(drawing, left, top, left + width, foot, WALL)
    _shape(drawing, [(left - 12, top), (left + width / 2, top - height * 0.55), (left + width + 12, top)], roof)
    _box(drawing, left + width * 0.42, foot - height * 0.5, left + width * 0.6, foot, EARTH)
    for window in (0.14, 0.7):
        _box(
            drawing,
            left + width * window,
            top + height * 0.25,
            left + width * (window + 0.15),
            top + height * 0.5,
            DEEP,
        )


def _flower(drawing: Draw, x: float, y: float, size: float, colour: str) -> None:
    _box(drawing, x - 2, y, x + 2, y + size * 2.6, LEAF)
    for across, up in ((-0.6, 0), (0.6, 0), (0, -0.6), (0, 0.6)):
        _disc(drawing, x + across * size, y + up * size, size * 0.55, colour)
    _disc(drawing, x, y, size * 0.42, SUN)


# Scenes -----------------------------------------------------------------------------------------------------------------


def _river(drawing: Draw) -> None:
    _sun(drawing, 930, 170)
    _hill(drawing, 330, 26, 160, 0, "#b9cc95")
    _hill(drawing, 390, 20, 120, 2, MEADOW)
    for x, size in ((90, 150), (210, 190), (330, 130), (1010, 170), (1120, 140)):
        _tree(drawing, x, 440, size)
    _box(drawing, 0, 440, WIDTH, 640, WATER)
    for row, y in enumerate(range(470, 640, 34)):
        for x in range(60 + row * 70 % 160, WIDTH, 260):
            _box(drawing, x, y, x + 90, y + 5, "#b7d2de")
    _shape(drawing, [(520, 530), (760, 530), (724, 572), (556, 572)], EARTH)
    _shape(drawing, [(630, 400), (630, 520), (730, 520)], WHITE)
    _box(drawing, 622, 390, 630, 532, EARTH)
    _hill(drawing, 640, 10, 90, 1, SAND)


def _village(drawing: Draw) -> None:
    _sun(drawing, 220, 150)
    _hill(drawing, 360, 34, 200, 1, "#b9cc95")
    _hill(drawing, 470, 16, 140, 0, MEADOW)
    _box(drawing, 590, 250, 660, 520, WALL)
    _shape(drawing, [(580, 250), (625, 110), (670, 250)], SLATE)
    _box(drawing, 612, 290, 638, 340, DEEP)
    for left, width, height, roof in (
        (130, 190, 120, ROOF),
        (370, 180, 140, SLATE),
        (700, 210, 130, ROOF),
        (950, 170, 120, SLATE),
    ):
        _house(drawing, left, 525, width, height, roof)
    _tree(drawing, 85, 530, 150)
    _tree(drawing, 935, 530, 130, HEDGE)
    _hill(drawing, 525, 6, 100, 0, GRASS)
    _shape(drawing, [(560, 720), (640, 720), (640, 530), (618, 530)], SAND)


def _garden(drawing: Draw) -> None:
    _box(drawing, 0, 250, WIDTH, 470, WALL)
    _box(drawing, 0, 250, WIDTH, 262, SAND)
    for x in (150, 760):
        _box(drawing, x, 310, x + 130, 430, DEEP)
        _box(drawing, x + 62, 310, x + 68, 430, WHITE)
    _box(drawing, 0, 470, WIDTH, 720, GRASS)
    seeds = Random(7)  # noqa: S311 (a drawing)
    for rank in range(46):
        x, y = rank * 26 + 14, 420 + seeds.random() * 70
        _flower(drawing, x, y, 13 + seeds.random() * 7, (RED, VIOLET, WHITE, SUN)[rank % 4])
    for x in (120, 470, 830, 1090):
        _shape(drawing, [(x - 55, 600), (x + 55, 600), (x + 40, 680), (x - 40, 680)], ROOF)
        for shift, colour in ((-34, RED), (0, WHITE), (34, VIOLET)):
            _flower(drawing, x + shift, 560, 16, colour)


def _feast(drawing: Draw) -> None:
    _box(drawing, 0, 0, WIDTH, HEIGHT, DUSK)
    _hill(drawing, 420, 18, 170, 1, GRASS)
    _house(drawing, 60, 450, 220, 150, ROOF)
    _house(drawing, 930, 450, 210, 140, SLATE)
    for height, shift in ((130, 0), (220, 30)):
        for rank in range(16):
            x, y = rank * 80 + shift, height + 60 * sin(rank / 15 * pi)
            colour = (RED, SUN, DEEP, LEAF)[rank % 4]
            _shape(drawing, [(x, y), (x + 52, y + 4), (x + 24, y + 56)], colour)
    for x in (230, 520, 810):
        _box(drawing, x, 540, x + 220, 560, EARTH)
        _box(drawing, x, 532, x + 220, 542, WHITE)
        for leg in (20, 190):
            _box(drawing, x + leg, 560, x + leg + 10, 630, EARTH)
        for cup in range(5):
            _box(drawing, x + 20 + cup * 42, 512, x + 36 + cup * 42, 532, (RED, DEEP)[cup % 2])


def _reading(drawing: Draw) -> None:
    _box(drawing, 0, 0, WIDTH, HEIGHT, SAND)
    _box(drawing, 0, 560, WIDTH, HEIGHT, "#cbb894")
    books = Random(3)  # noqa: S311 (a drawing)
    for shelf in range(3):
        foot = 180 + shelf * 150
        _box(drawing, 110, foot, 1090, foot + 14, EARTH)
        x = 130.0
        while x < 1050:
            width, height = 18 + books.random() * 26, 80 + books.random() * 40
            _box(drawing, x, foot - height, x + width, foot, books.choice((RED, DEEP, LEAF, VIOLET, SUN, WALL)))
            x += width + 5
    _shape(drawing, [(470, 600), (596, 560), (596, 650), (470, 690)], WHITE)
    _shape(drawing, [(604, 560), (730, 600), (730, 690), (604, 650)], WHITE)


SCENES: dict[str, Callable[[Draw], None]] = {
    "river": _river,
    "village": _village,
    "garden": _garden,
    "feast": _feast,
    "reading": _reading,
}
"""What may be drawn."""
