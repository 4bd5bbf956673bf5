"""Drawings of what lies on a desk: screens, keyboards, mice, headsets, cameras, docks and cables."""

from catalog.demo.canvas import Canvas, Point, curve, darker, lighter, mix, rounded, turned

METAL = "#c9ced6"


def monitor(c: Canvas, *, frame: str, scene: tuple[str, str], wide: bool = False, upright: bool = False) -> None:
    """A monitor on its foot, with a landscape on the screen."""
    half, top, bottom = (418, 250, 618) if wide else (210, 110, 740) if upright else (362, 190, 620)
    c.shadow((500, 842), 220, 24, 0.38)
    c.polygon([(398, 806), (602, 806), (644, 842), (356, 842)], lighter(frame, 0.3), darker(frame, 0.05))
    c.box(356, 840, 288, 9, darker(frame, 0.3), radius=4)
    c.box(462, bottom - 20, 76, 836 - bottom, lighter(frame, 0.08), darker(frame, 0.35), across=True, radius=6)
    c.shade([(462, bottom), (538, bottom), (538, bottom + 46), (462, bottom + 46)], 0.4, 3)
    c.box(500 - half, top, 2 * half, bottom - top, lighter(frame, 0.16), darker(frame, 0.25), radius=20)
    c.box(508 - half, top + 8, 2 * half - 16, bottom - top - 30, "#0c1018", radius=13)
    left, right, low = 514 - half, 486 + half, bottom - 28
    sky, land = scene
    c.box(left, top + 14, right - left, low - top - 14, lighter(sky, 0.45), sky, radius=8)
    high = top + (low - top) * 0.42
    c.oval((left + (right - left) * 0.68, high), 44, 44, lighter(sky, 0.85), lighter(sky, 0.6))
    for share, height in ((0.25, 0.56), (0.55, 0.74)):
        y = top + (low - top) * height
        rise = (low - top) * 0.13
        ridge = curve(
            [
                (left, y),
                (left + (right - left) * 0.26, y - rise),
                (500, y + rise * 0.2),
                (right - (right - left) * 0.2, y - rise * 0.7),
                (right, y),
            ],
            closed=False,
        )
        c.polygon([*ridge, (right, low), (left, low)], mix(sky, land, share + 0.2), mix(sky, land, share + 0.45))
    c.oval((500, bottom - 11), 5, 5, "#7dd3fc")


def monitor_arm(c: Canvas, *, color: str, double: bool = False) -> None:
    """An arm that carries a screen, clamped to the edge of a desk."""
    c.box(140, 800, 720, 34, "#d9b98f", "#b98f60", radius=6)
    c.shadow((500, 800), 120, 12, 0.4)
    c.box(440, 776, 120, 26, lighter(color, 0.1), darker(color, 0.3), radius=8)
    c.box(460, 834, 80, 60, darker(color, 0.1), darker(color, 0.4), radius=8)
    c.box(478, 420, 44, 364, lighter(color, 0.35), darker(color, 0.3), radius=12, across=True)
    for sign in (-1, 1) if double else (1,):
        knee, wrist = (500 + sign * 190, 520), (500 + sign * 250, 320)
        c.line([(500, 500), knee], 46, lighter(color, 0.22), darker(color, 0.28))
        c.line([knee, wrist], 38, lighter(color, 0.3), darker(color, 0.18))
        for centre in ((500, 500), knee, wrist):
            c.oval(centre, 32, 32, lighter(METAL, 0.45), darker(METAL, 0.4))
            c.oval(centre, 15, 15, darker(color, 0.15), darker(color, 0.4))
        c.box(wrist[0] - 82, 196, 164, 164, lighter(color, 0.18), darker(color, 0.32), radius=16)
        for x in (-52, 52):
            for y in (-50, 50):
                c.oval((wrist[0] + x, 278 + y), 9, 9, "#14181e")


def laptop_stand(c: Canvas, *, color: str, scene: tuple[str, str] = ("#6aa5d8", "#274b78")) -> None:
    """A stand with an open laptop on it, from the front."""
    c.shadow((500, 822), 300, 28, 0.4)
    c.polygon([(300, 790), (700, 790), (742, 824), (258, 824)], lighter(color, 0.3), darker(color, 0.12))
    c.polygon([(380, 600), (430, 600), (400, 806), (340, 806)], lighter(color, 0.2), darker(color, 0.3))
    c.polygon([(620, 600), (570, 600), (600, 806), (660, 806)], lighter(color, 0.2), darker(color, 0.3))
    c.box(238, 196, 524, 350, "#2b313a", "#14181e", radius=20)
    c.box(252, 210, 496, 322, lighter(scene[0], 0.4), scene[0], radius=8)
    hill = curve([(252, 452), (380, 396), (520, 470), (640, 420), (748, 466)], closed=False)
    c.polygon([*hill, (748, 532), (252, 532)], mix(*scene, 0.5), scene[1])
    c.polygon([(238, 546), (762, 546), (836, 622), (164, 622)], "#e2e6eb", "#bcc3cc")
    c.polygon([(280, 556), (720, 556), (764, 594), (236, 594)], "#39414d", "#222831")
    for i in range(3):
        c.line([(270 - i * 10, 566 + i * 10), (730 + i * 10, 566 + i * 10)], 1.6, "#6b7380")
    c.box(164, 620, 672, 17, "#a7afba", "#868f9b", radius=8)
    c.box(190, 637, 620, 13, lighter(color, 0.15), darker(color, 0.3), radius=6)


def keyboard(c: Canvas, *, body: str, keys: str, accent: str, numpad: bool = False, split: bool = False) -> None:
    """A keyboard from above, turned a little."""
    columns = 17 if numpad else 14
    half = 400 if numpad else 344
    cell = half * 2 / columns
    rows = 5
    high = rows * cell
    centre = (500, 500)

    def at(points: list[Point]) -> list[Point]:
        return turned(points, -9, centre)

    top = 500 - high / 2
    frame = rounded(500 - half - 22, top - 24, half * 2 + 44, high + 48, 24)
    c.shade([(x + 6, y + 26) for x, y in at(frame)], 0.4, 5)
    c.polygon([(x, y + 16) for x, y in at(frame)], darker(body, 0.35))
    c.polygon(at(frame), lighter(body, 0.16), darker(body, 0.1))
    for row in range(rows):
        for column in range(columns):
            gap = 26 if split and column >= 7 else -26 if split else 0
            width = cell
            if row == 4 and 4 <= column <= 9:
                if column != 4:
                    continue
                width = cell * 6
                gap = 0
            x, y = 500 - half + column * cell + gap * 0.35, top + row * cell
            special = column in (0, 13) or (numpad and column > 13) or (row == 4 and column != 4)
            tone = accent if (row, column) in ((0, 0), (2, columns - 1)) else mix(keys, body, 0.45) if special else keys
            c.polygon([(a, b + 4) for a, b in at(rounded(x + 3, y + 3, width - 6, cell - 6, 7))], darker(tone, 0.34))
            c.polygon(at(rounded(x + 4, y + 2, width - 8, cell - 9, 7)), lighter(tone, 0.2), tone)


def mouse(c: Canvas, *, color: str, accent: str, upright: bool = False) -> None:
    """A mouse from above, or one that is held upright."""
    draw = _upright_mouse if upright else _flat_mouse
    draw(c, color, accent)


def _upright_mouse(c: Canvas, color: str, accent: str) -> None:
    c.shadow((500, 760), 250, 36, 0.4)
    c.blob(
        [
            (300, 730),
            (318, 560),
            (400, 380),
            (520, 282),
            (610, 322),
            (650, 480),
            (720, 640),
            (730, 740),
            (620, 772),
            (400, 772),
        ],
        lighter(color, 0.24),
        darker(color, 0.3),
        across=True,
    )
    c.blob(
        [(520, 290), (600, 330), (634, 470), (560, 520), (478, 480), (470, 370)],
        lighter(color, 0.34),
        darker(color, 0.02),
    )
    c.line(curve([(474, 478), (548, 520), (636, 476)], closed=False), 4, darker(color, 0.4))
    c.line([(548, 350), (562, 420)], 26, darker(color, 0.5))
    c.line([(550, 360), (560, 410)], 12, accent)
    c.blob([(346, 560), (404, 520), (430, 560), (370, 620)], darker(color, 0.2), darker(color, 0.34))


def _flat_mouse(c: Canvas, color: str, accent: str) -> None:
    c.shade([(352, 330), (640, 330), (690, 560), (640, 800), (360, 800), (320, 560)], 0.42, 6)
    outline: list[Point] = [
        (500, 226),
        (610, 252),
        (664, 380),
        (676, 560),
        (632, 720),
        (500, 776),
        (368, 720),
        (324, 560),
        (336, 380),
        (390, 252),
    ]
    c.blob([(x, y + 14) for x, y in outline], darker(color, 0.42))
    c.blob(outline, lighter(color, 0.3), darker(color, 0.2))
    c.blob(
        [(500, 250), (590, 270), (630, 380), (632, 470), (500, 500), (368, 470), (370, 380), (410, 270)],
        lighter(color, 0.4),
        lighter(color, 0.04),
    )
    c.line([(500, 246), (500, 496)], 4, darker(color, 0.35))
    c.line(curve([(344, 476), (500, 508), (656, 476)], closed=False), 4, darker(color, 0.3))
    c.line([(500, 320), (500, 400)], 36, darker(color, 0.5))
    c.line([(500, 330), (500, 390)], 20, lighter(accent, 0.2), darker(accent, 0.2))
    c.blob([(420, 560), (470, 540), (480, 640), (440, 690)], lighter(color, 0.42), lighter(color, 0.2))


def headset(c: Canvas, *, color: str, pad: str, mic: bool = True) -> None:
    """A headset from the front."""
    c.shadow((500, 838), 260, 30, 0.34)
    arc = curve([(270, 560), (276, 400), (356, 250), (500, 196), (644, 250), (724, 400), (730, 560)], closed=False)
    c.line(arc, 54, darker(color, 0.05), darker(color, 0.4))
    c.line([(x, y - 6) for x, y in arc], 34, lighter(color, 0.28), darker(color, 0.08))
    c.line(curve([(352, 290), (500, 232), (648, 290)], closed=False), 26, darker(pad, 0.05), darker(pad, 0.35))
    for sign in (-1, 1):
        x = 500 + sign * 232
        c.box(x - 15, 480, 30, 110, lighter(METAL, 0.3), darker(METAL, 0.4), radius=12, across=True)
        inner = x - sign * 42
        c.blob(_cup(inner, (0, 526), (46, 560), (54, 660), (40, 768), (0, 796)), lighter(pad, 0.14), darker(pad, 0.4))
        c.blob(_cup(x, (0, 540), (50, 570), (62, 660), (48, 754), (0, 782)), lighter(color, 0.28), darker(color, 0.3))
        c.oval((x + sign * 6, 660), 30, 56, lighter(color, 0.1), darker(color, 0.12))
    if mic:
        c.line(
            curve([(262, 740), (300, 838), (400, 858), (450, 846)], closed=False),
            15,
            darker(color, 0.2),
            darker(color, 0.45),
        )
        c.line([(440, 848), (486, 834)], 36, lighter(color, 0.1), darker(color, 0.5))


def _cup(x: float, *right: Point) -> list[Point]:
    """The outline of an ear cup around `x`: its right side from top to bottom, and the same on the left."""
    return [(x + half, y) for half, y in right] + [(x - half, y) for half, y in right[-2:0:-1]]


def speaker(c: Canvas, *, color: str, accent: str) -> None:
    """A round speakerphone for meetings."""
    c.shadow((500, 720), 310, 50, 0.42)
    c.oval((500, 620), 320, 140, darker(color, 0.45))
    c.oval((500, 590), 320, 140, lighter(color, 0.2), darker(color, 0.14))
    c.oval((500, 584), 282, 120, darker(color, 0.25), darker(color, 0.08))
    for share in (0.94, 0.8, 0.66):
        c.oval((500, 584), 282 * share, 120 * share, mix(darker(color, 0.2), lighter(color, 0.1), share - 0.4))
    c.oval((500, 580), 128, 54, lighter(color, 0.3), darker(color, 0.06))
    c.oval((500, 580), 108, 44, accent, darker(accent, 0.1))
    c.oval((500, 578), 98, 39, lighter(color, 0.12), darker(color, 0.12))


def webcam(c: Canvas, *, color: str, ring: str, round_body: bool = False) -> None:
    """A webcam on top of a screen."""
    c.box(120, 700, 760, 200, "#3a424e", "#161a21", radius=16)
    c.box(146, 724, 708, 176, "#8fb8d8", "#5f8fb8")
    c.shadow((500, 704), 200, 14, 0.5)
    c.polygon([(440, 520), (560, 520), (590, 706), (410, 706)], darker(color, 0.15), darker(color, 0.45))
    if round_body:
        c.oval((500, 450), 196, 196, lighter(color, 0.22), darker(color, 0.3))
    else:
        c.box(248, 340, 504, 220, lighter(color, 0.24), darker(color, 0.32), radius=104)
    c.oval((500, 450), 112, 112, darker(color, 0.5), darker(color, 0.3))
    c.oval((500, 450), 99, 99, ring, darker(ring, 0.25))
    c.oval((500, 450), 90, 90, "#10141b", "#2a3240")
    c.oval((500, 450), 62, 62, "#1c2a44", "#0a0e16")
    c.oval((500, 450), 36, 36, "#31538a", "#0a1020")
    c.oval((478, 424), 20, 16, "#dcebff", "#9dbbe6")
    if not round_body:
        c.oval((660, 450), 9, 9, "#6ee7b7")
        for i in range(4):
            c.oval((310 + i * 16, 450), 4, 4, darker(color, 0.5))


def dock(c: Canvas, *, color: str, ports: int = 5) -> None:
    """A docking station with its sockets."""
    c.shadow((500, 690), 350, 44, 0.42)
    c.polygon([(240, 430), (760, 430), (840, 528), (160, 528)], lighter(color, 0.36), lighter(color, 0.1))
    c.box(160, 526, 680, 152, lighter(color, 0.06), darker(color, 0.3), radius=22)
    c.box(160, 526, 680, 6, lighter(color, 0.5))
    step = 560 / ports
    for i in range(ports):
        x = 220 + i * step + step / 2
        if i % 3 == 0:
            c.box(x - 32, 584, 64, 26, "#0c0f14", "#252b35", radius=13)
        elif i % 3 == 1:
            c.box(x - 38, 574, 76, 44, "#c7ccd4", "#8b93a0", radius=5)
            c.box(x - 32, 580, 64, 17, "#1c222b", radius=3)
        else:
            c.oval((x, 597), 21, 21, "#0c0f14", "#2b323d")
    c.oval((796, 560), 6, 6, "#6ee7b7")


def cable(c: Canvas, *, color: str, plug: str = "#d7dbe1") -> None:
    """A coiled cable with two plugs."""
    c.shadow((500, 620), 300, 190, 0.2)
    c.line(curve([(690, 590), (760, 690), (800, 800)], closed=False), 22, darker(color, 0.1), darker(color, 0.3))
    c.line(curve([(310, 590), (240, 690), (200, 800)], closed=False), 22, darker(color, 0.1), darker(color, 0.3))
    for i in range(4):
        rx, ry = 250 - i * 26, 226 - i * 26
        ring = curve(
            [
                (500 + rx * x, 480 + ry * y)
                for x, y in (
                    (0, -1),
                    (0.71, -0.71),
                    (1, 0),
                    (0.71, 0.71),
                    (0, 1),
                    (-0.71, 0.71),
                    (-1, 0),
                    (-0.71, -0.71),
                )
            ]
        )
        ring.append(ring[0])
        c.line([(x + 2, y + 5) for x, y in ring], 23, darker(color, 0.42))
        c.line(ring, 21, lighter(color, 0.24), darker(color, 0.14))
    c.box(460, 232, 80, 46, darker(color, 0.35), darker(color, 0.5), radius=12)
    for x in (800, 200):
        c.box(x - 30, 790, 60, 92, lighter(color, 0.2), darker(color, 0.3), radius=16, across=True)
        c.box(x - 19, 880, 38, 42, lighter(plug, 0.5), darker(plug, 0.3), radius=8, across=True)


def power_strip(c: Canvas, *, color: str, sockets: int = 4) -> None:
    """A power strip with sockets and a switch."""
    c.line(curve([(120, 560), (60, 640), (30, 800)], closed=False), 24, darker(color, 0.3))
    c.shadow((500, 640), 420, 44, 0.4)
    c.box(100, 466, 800, 168, darker(color, 0.3), radius=40)
    c.box(100, 450, 800, 166, lighter(color, 0.4), darker(color, 0.06), radius=40)
    step = 640 / sockets
    for i in range(sockets):
        x = 130 + i * step + step / 2
        radius = min(62, step * 0.42)
        c.oval((x, 532), radius, radius, darker(color, 0.12), lighter(color, 0.12))
        c.oval((x, 532), radius * 0.86, radius * 0.86, darker(color, 0.24), darker(color, 0.06))
        for side in (-1, 1):
            c.oval((x + side * radius * 0.36, 532), 8, 8, "#14181e")
    c.box(790, 492, 68, 80, "#d64545", "#a32f2f", radius=12)
    c.line([(824, 514), (824, 548)], 7, "#ffd9d9")
