"""Drawings of what stands in the room: desks, chairs, lamps, footrests and other things for a healthy posture."""

from catalog.demo.canvas import Canvas, Point, curve, darker, lighter, mix

METAL = "#c9ced6"


def desk(c: Canvas, *, top: str, frame: str, wide: bool = False, drawer: bool = False) -> None:
    """A desk on two columns, seen a little from above."""
    w = 60 if wide else 0
    c.shadow((500, 838), 400 + w, 34, 0.34)
    for x in (230 - w, 712 + w):
        c.box(x + 12, 430, 38, 380, darker(frame, 0.25), darker(frame, 0.1), across=True)
        c.box(x + 6, 425, 52, 200, lighter(frame, 0.12), darker(frame, 0.16), radius=6, across=True)
        c.polygon(
            [(x - 62, 806), (x + 126, 806), (x + 136, 838), (x - 72, 838)], lighter(frame, 0.1), darker(frame, 0.25)
        )
    c.box(250 - w, 440, 500 + 2 * w, 34, darker(frame, 0.35), darker(frame, 0.2))
    if drawer:
        c.box(360, 440, 280, 66, lighter(top, 0.12), darker(top, 0.08), radius=8)
        c.box(466, 466, 68, 9, darker(frame, 0.3), radius=4)
    c.shade([(190 - w, 436), (810 + w, 436), (800 + w, 478), (200 - w, 478)], 0.3, 3)
    c.polygon([(178 - w, 352), (822 + w, 352), (900 + w, 412), (100 - w, 412)], lighter(top, 0.2), top)
    for i in range(5):
        y = 360 + i * 11
        c.line([(190 - w - i * 13, y), (806 + w + i * 13, y)], 1.2, mix(top, darker(top, 0.2), 0.25))
    c.box(100 - w, 411, 800 + 2 * w, 27, darker(top, 0.1), darker(top, 0.26), radius=7)
    c.box(700, 440, 74, 16, "#23282f", radius=5)
    c.line([(716, 448), (724, 448)], 4, "#6ee7b7")


def desk_riser(c: Canvas, *, top: str, frame: str) -> None:
    """A worktop that is put on an ordinary desk and lifts."""
    c.shadow((500, 770), 370, 30, 0.35)
    c.polygon([(200, 730), (800, 730), (850, 776), (150, 776)], lighter(frame, 0.15), darker(frame, 0.2))
    for flip in (False, True):
        sign = -1 if flip else 1
        c.line(
            [(500 - sign * 250, 742), (500 + sign * 170, 520)],
            24,
            darker(frame, 0.1 if flip else 0.35),
            darker(frame, 0.3),
        )
    c.polygon([(160, 560), (840, 560), (880, 604), (120, 604)], lighter(top, 0.18), top)
    c.box(120, 603, 760, 20, darker(top, 0.12), darker(top, 0.28), radius=5)
    c.polygon([(215, 430), (785, 430), (840, 490), (160, 490)], lighter(top, 0.22), top)
    c.box(160, 489, 680, 24, darker(top, 0.1), darker(top, 0.28), radius=6)


def chair(c: Canvas, *, seat: str, frame: str, headrest: bool = True, mesh: bool = True, arms: bool = True) -> None:
    """A desk chair from the front."""
    c.shadow((500, 900), 270, 30, 0.36)
    for x, y in ((500, 888), (268, 862), (732, 862), (352, 900), (648, 900)):
        c.line([(500, 800), (x, y - 28)], 28, lighter(frame, 0.1), darker(frame, 0.25))
        c.oval((x, y), 23, 25, "#3a414c", "#15181d")
        c.oval((x - 5, y - 5), 9, 10, "#6b7380", "#3a414c")
    c.box(474, 690, 52, 130, darker(frame, 0.35), METAL, radius=10, across=True)
    c.box(484, 650, 32, 90, lighter(METAL, 0.4), darker(METAL, 0.35), across=True)
    c.box(400, 640, 200, 40, darker(frame, 0.3), darker(frame, 0.5), radius=16)
    if headrest:
        c.box(470, 150, 60, 130, darker(frame, 0.2), darker(frame, 0.4), across=True)
        c.blob(
            [(380, 118), (500, 96), (620, 118), (632, 172), (500, 192), (368, 172)],
            lighter(seat, 0.16),
            darker(seat, 0.22),
        )
    _back(c, seat, frame, mesh)
    if arms:
        for sign in (-1, 1):
            x = 500 + sign * 226
            c.line([(500 + sign * 130, 652), (x, 640), (x, 520)], 24, darker(frame, 0.1), darker(frame, 0.35))
            c.box(x - 34, 484, 68, 34, lighter(frame, 0.24), darker(frame, 0.3), radius=17)
    c.shade([(310, 590), (690, 590), (690, 640), (310, 640)], 0.3, 4)
    c.blob(
        [(322, 572), (500, 548), (678, 572), (704, 622), (660, 660), (500, 672), (340, 660), (296, 622)],
        lighter(seat, 0.2),
        darker(seat, 0.28),
    )
    c.line(curve([(316, 634), (500, 654), (684, 634)], closed=False), 3, darker(seat, 0.35))


def _back(c: Canvas, seat: str, frame: str, mesh: bool) -> None:
    outline: list[Point] = [
        (352, 230),
        (500, 212),
        (648, 230),
        (668, 380),
        (628, 548),
        (500, 566),
        (372, 548),
        (332, 380),
    ]
    c.blob(outline, lighter(frame, 0.14), darker(frame, 0.35))
    inner = [(500 + (x - 500) * 0.87, 390 + (y - 390) * 0.89) for x, y in outline]
    c.blob(inner, lighter(seat, 0.22), darker(seat, 0.18))
    if mesh:
        for i in range(13):
            y = 256 + i * 22
            bow = 146 - abs(i - 6) * 2.5
            c.line(
                curve([(500 - bow + 8, y), (500, y + 9), (500 + bow - 8, y)], closed=False, steps=6),
                2,
                darker(seat, 0.28),
            )
        c.blob(
            [(392, 462), (500, 448), (608, 462), (600, 512), (500, 524), (400, 512)],
            lighter(frame, 0.1),
            darker(frame, 0.3),
        )
    else:
        for x in (430, 570):
            c.line(curve([(x, 246), (x + (x - 500) * 0.12, 390), (x, 532)], closed=False), 3, darker(seat, 0.3))


def stool(c: Canvas, *, seat: str, frame: str) -> None:
    """A saddle stool."""
    c.shadow((500, 870), 220, 28, 0.36)
    for x, y in ((310, 838), (690, 838), (400, 868), (600, 868), (500, 856)):
        c.line([(500, 770), (x, y - 24)], 24, lighter(METAL, 0.3), darker(METAL, 0.35))
        c.oval((x, y), 20, 22, "#3a414c", "#15181d")
    c.box(478, 470, 44, 320, lighter(METAL, 0.4), darker(METAL, 0.4), radius=10, across=True)
    c.box(462, 540, 76, 150, darker(frame, 0.1), darker(frame, 0.45), radius=14, across=True)
    c.blob(
        [
            (300, 360),
            (420, 350),
            (500, 372),
            (580, 350),
            (700, 360),
            (726, 420),
            (640, 480),
            (500, 470),
            (360, 480),
            (274, 420),
        ],
        lighter(seat, 0.22),
        darker(seat, 0.3),
    )
    c.line(curve([(300, 438), (400, 462), (500, 448), (600, 462), (700, 438)], closed=False), 4, darker(seat, 0.34))


def lamp(c: Canvas, *, color: str, light: str = "#ffe3ab") -> None:
    """A desk lamp with two arms and a lit shade."""
    c.glow((650, 520), 330, light, 0.75)
    c.shadow((400, 838), 190, 24, 0.34)
    c.oval((400, 826), 150, 26, darker(color, 0.3))
    c.oval((400, 812), 150, 28, lighter(color, 0.28), darker(color, 0.12))
    c.line([(400, 806), (330, 510)], 22, lighter(color, 0.2), darker(color, 0.25))
    c.line([(330, 510), (600, 292)], 20, lighter(color, 0.3), darker(color, 0.2))
    c.oval((330, 510), 27, 27, lighter(METAL, 0.5), darker(METAL, 0.35))
    c.blob(
        [(560, 252), (640, 236), (716, 318), (760, 418), (660, 452), (540, 446), (528, 330)],
        lighter(color, 0.26),
        darker(color, 0.25),
        across=True,
    )
    c.oval((652, 440), 112, 26, lighter(light, 0.5), light)
    c.oval((600, 285), 19, 19, lighter(METAL, 0.5), darker(METAL, 0.35))


def bar_lamp(c: Canvas, *, color: str, light: str = "#fff1d0") -> None:
    """A slim LED bar on a stand."""
    c.glow((480, 470), 400, light, 0.85)
    c.shadow((680, 838), 170, 24, 0.34)
    c.oval((680, 824), 128, 26, darker(color, 0.3))
    c.oval((680, 810), 128, 27, lighter(color, 0.28), darker(color, 0.12))
    c.line([(680, 806), (680, 300)], 20, lighter(color, 0.25), darker(color, 0.2))
    c.box(190, 268, 520, 40, lighter(color, 0.3), darker(color, 0.22), radius=20)
    c.box(216, 300, 440, 14, lighter(light, 0.6), light, radius=7)
    c.oval((680, 288), 26, 26, lighter(METAL, 0.5), darker(METAL, 0.35))


def floor_lamp(c: Canvas, *, color: str, light: str = "#ffe3ab") -> None:
    """A standing lamp with a round shade."""
    c.glow((500, 250), 380, light, 0.85)
    c.shadow((500, 908), 170, 22, 0.34)
    c.oval((500, 898), 124, 22, darker(color, 0.3))
    c.oval((500, 886), 124, 23, lighter(color, 0.25), darker(color, 0.15))
    c.line([(500, 880), (500, 320)], 13, lighter(color, 0.2), darker(color, 0.2))
    c.polygon([(408, 128), (592, 128), (668, 332), (332, 332)], lighter(light, 0.78), mix(light, "#f0b45a", 0.3))
    c.oval((500, 332), 168, 20, mix(light, "#e8a646", 0.35), lighter(light, 0.4))
    c.oval((500, 128), 92, 13, lighter(light, 0.9))


def footrest(c: Canvas, *, color: str, frame: str, bars: bool = True) -> None:
    """A tilting footrest."""
    c.shadow((500, 742), 350, 38, 0.4)
    c.polygon([(210, 640), (290, 600), (250, 742), (190, 742)], darker(frame, 0.1), darker(frame, 0.4))
    c.polygon([(790, 640), (710, 600), (750, 742), (810, 742)], darker(frame, 0.1), darker(frame, 0.4))
    c.polygon([(276, 452), (724, 452), (838, 672), (162, 672)], lighter(color, 0.22), darker(color, 0.1))
    c.box(160, 668, 680, 34, darker(color, 0.18), darker(color, 0.42), radius=12)
    if bars:
        for i in range(7):
            y = 484 + i * 27
            half = 200 + i * 14
            c.line([(500 - half, y), (500 + half, y)], 9, darker(color, 0.26), darker(color, 0.12))
            c.line([(500 - half, y - 4), (500 + half, y - 4)], 2.5, lighter(color, 0.3))


def cushion(c: Canvas, *, color: str, back: bool = False) -> None:
    """A seat cushion, or one for the back."""
    c.shadow((500, 748), 320, 42, 0.36)
    if back:
        c.blob(
            [(300, 260), (500, 236), (700, 260), (740, 470), (700, 700), (500, 728), (300, 700), (260, 470)],
            lighter(color, 0.24),
            darker(color, 0.24),
        )
        c.line(curve([(330, 470), (500, 510), (670, 470)], closed=False), 5, darker(color, 0.3))
        c.line(curve([(360, 330), (350, 480), (370, 650)], closed=False), 4, darker(color, 0.22))
        c.line(curve([(640, 330), (650, 480), (630, 650)], closed=False), 4, darker(color, 0.22))
        return
    c.blob(
        [(250, 540), (500, 470), (750, 540), (800, 650), (690, 738), (500, 700), (310, 738), (200, 650)],
        darker(color, 0.12),
        darker(color, 0.42),
    )
    c.blob(
        [(262, 510), (500, 448), (738, 510), (784, 600), (680, 690), (500, 648), (320, 690), (216, 600)],
        lighter(color, 0.24),
        darker(color, 0.12),
    )
    c.line(curve([(280, 600), (400, 560), (500, 590), (600, 560), (720, 600)], closed=False), 4, darker(color, 0.24))


def balance_board(c: Canvas, *, color: str, frame: str) -> None:
    """A board to stand and move on."""
    c.shadow((500, 700), 340, 40, 0.4)
    c.blob([(360, 600), (640, 600), (600, 690), (500, 708), (400, 690)], darker(frame, 0.2), darker(frame, 0.5))
    c.oval((500, 606), 356, 74, darker(color, 0.4))
    c.oval((500, 578), 356, 74, lighter(color, 0.25), darker(color, 0.06))
    for share in (0.72, 0.5, 0.28):
        c.oval((500, 578), 356 * share, 74 * share, mix(color, lighter(color, 0.3), 1 - share), darker(color, 0.03))
