"""Drawings of what makes a break: coffee, tea, mugs and plants."""

from catalog.demo.canvas import Canvas, Point, curve, darker, lighter, mix

LEAF = "#3f8f5b"
METAL = "#c9ced6"


def coffee_bag(c: Canvas, *, color: str, label: str) -> None:
    """A bag of coffee beans, with a few beans in front."""
    c.shadow((500, 846), 260, 34, 0.4)
    c.polygon(
        curve([(316, 250), (500, 262), (684, 250), (708, 500), (724, 820), (500, 846), (276, 820), (292, 500)]),
        lighter(color, 0.2),
        darker(color, 0.32),
        across=True,
    )
    c.polygon([(312, 196), (688, 196), (688, 262), (312, 262)], lighter(color, 0.28), darker(color, 0.1))
    for y in (212, 228, 244):
        c.line([(322, y), (678, y)], 2.5, darker(color, 0.2))
    c.box(366, 380, 268, 300, lighter(label, 0.5), label, radius=18)
    c.oval((500, 490), 72, 72, mix(color, label, 0.12))
    _bean(c, (500, 490), 44, lighter(label, 0.4), mix(color, label, 0.12))
    for y, half in ((592, 92), (622, 66), (648, 44)):
        c.line([(500 - half, y), (500 + half, y)], 9, mix(color, label, 0.3))
    for x, y in ((282, 846), (352, 872), (690, 862), (752, 838), (424, 884)):
        _bean(c, (x, y), 30, "#6a4228", "#2f1a0e")


def _bean(c: Canvas, centre: Point, size: float, color: str, slit: str) -> None:
    x, y = centre
    c.oval(centre, size, size * 0.7, lighter(color, 0.2), darker(color, 0.2))
    c.line(
        curve(
            [
                (x - size * 0.8, y + size * 0.1),
                (x - size * 0.2, y - size * 0.14),
                (x + size * 0.2, y + size * 0.16),
                (x + size * 0.8, y - size * 0.1),
            ],
            closed=False,
            steps=6,
        ),
        size * 0.13,
        slit,
    )


def tea_box(c: Canvas, *, color: str, label: str) -> None:
    """A box of tea with a bag hanging out."""
    c.shadow((510, 812), 320, 36, 0.4)
    c.polygon([(690, 330), (800, 290), (800, 760), (690, 806)], darker(color, 0.2), darker(color, 0.42))
    c.polygon([(230, 330), (690, 330), (800, 290), (350, 290)], lighter(color, 0.42), lighter(color, 0.2))
    c.box(230, 330, 460, 476, lighter(color, 0.16), darker(color, 0.12), radius=6)
    c.oval((460, 536), 152, 152, lighter(label, 0.5), label)
    c.blob([(460, 430), (520, 500), (500, 600), (460, 642), (420, 600), (400, 500)], lighter(LEAF, 0.3), LEAF)
    c.line([(460, 450), (460, 656)], 5, darker(LEAF, 0.3))
    for side in (-1, 1):
        for y in (500, 545, 590):
            c.line([(460, y + 18), (460 + side * 34, y - 8)], 3, darker(LEAF, 0.25))
    c.line([(300, 724), (620, 724)], 14, lighter(label, 0.35))
    c.line([(360, 758), (560, 758)], 9, mix(label, color, 0.35))


def mug(c: Canvas, *, color: str, drink: str = "#5a3520") -> None:
    """A mug that steams."""
    for x in (420, 500, 580):
        c.line(curve([(x, 320), (x + 22, 270), (x - 18, 220), (x + 10, 160)], closed=False), 13, "#ffffff", "#dfe4ea")
    c.shadow((510, 806), 270, 34, 0.42)
    handle = curve([(680, 460), (800, 460), (816, 600), (744, 676), (660, 680)], closed=False)
    c.line(handle, 46, darker(color, 0.05), darker(color, 0.34))
    c.line([(x - 3, y - 5) for x, y in handle], 26, lighter(color, 0.3), darker(color, 0.06))
    side = curve([(710, 390), (704, 600), (690, 720), (620, 790), (490, 806)], closed=False)
    outline = [*side, *[(980 - x, y) for x, y in reversed(side)]]
    c.polygon(outline, lighter(color, 0.26), darker(color, 0.28), across=True)
    c.oval((490, 390), 220, 46, lighter(color, 0.46), lighter(color, 0.1))
    c.oval((490, 394), 198, 36, darker(color, 0.2), darker(color, 0.4))
    c.oval((490, 402), 188, 29, lighter(drink, 0.16), drink)
    c.polygon(curve([(318, 450), (342, 450), (352, 700), (330, 690)]), lighter(color, 0.5), lighter(color, 0.28))


def bottle(c: Canvas, *, color: str) -> None:
    """An insulated drinking bottle."""
    c.shadow((500, 886), 150, 24, 0.42)
    c.box(394, 300, 212, 580, lighter(color, 0.3), darker(color, 0.36), radius=44, across=True)
    c.polygon([(432, 236), (568, 236), (606, 350), (394, 350)], lighter(color, 0.26), darker(color, 0.36), across=True)
    c.box(426, 128, 148, 112, lighter(METAL, 0.4), darker(METAL, 0.45), radius=18, across=True)
    c.box(394, 800, 212, 10, darker(color, 0.3))
    c.box(420, 380, 22, 380, lighter(color, 0.55), lighter(color, 0.36), radius=11)


def plant(c: Canvas, *, pot: str, leaf: str = LEAF, kind: str = "round") -> None:
    """A plant in a pot: with `round`, `tall` or `pointed` leaves."""
    c.shadow((500, 874), 210, 30, 0.4)
    if kind == "tall":
        _blades(c, leaf)
    else:
        _foliage(c, leaf, pointed=kind != "round")
    foot = curve([(622, 852), (560, 868), (500, 872), (440, 868), (378, 852)], closed=False)
    c.polygon([(336, 628), (664, 628), *foot], lighter(pot, 0.26), darker(pot, 0.3), across=True)
    c.box(322, 600, 356, 52, lighter(pot, 0.34), darker(pot, 0.22), radius=14, across=True)


def _blades(c: Canvas, leaf: str) -> None:
    for root, top, lean in (
        (400, 200, -64),
        (460, 130, -24),
        (520, 96, 16),
        (580, 170, 58),
        (440, 260, -96),
        (566, 250, 104),
        (500, 220, 0),
    ):
        middle = (root + lean * 0.6 + 500) / 2
        c.polygon(
            curve([(500, 640), (middle - 38, 440), (root + lean, top), (middle + 38, 440)]),
            mix(leaf, "#dfeec0", 0.2),
            darker(leaf, 0.3),
        )
        c.line(curve([(500, 630), (middle, 440), (root + lean, top + 20)], closed=False), 4, lighter(leaf, 0.4))


def _foliage(c: Canvas, leaf: str, *, pointed: bool) -> None:
    spread: list[Point] = [
        (300, 300),
        (420, 190),
        (560, 170),
        (690, 270),
        (250, 440),
        (740, 430),
        (370, 380),
        (620, 360),
        (500, 300),
        (330, 530),
        (680, 540),
        (500, 440),
    ]
    for i, (x, y) in enumerate(spread):
        c.line(curve([(500, 650), ((x + 500) / 2, (y + 620) / 2), (x, y)], closed=False), 6, darker(leaf, 0.2))
        tone = mix(leaf, "#cfe8a8", 0.12 * (i % 3)) if i % 2 else darker(leaf, 0.12)
        _leaf(c, (x, y), 70 if pointed else 96, tone, pointed=pointed)


def _leaf(c: Canvas, centre: Point, size: float, color: str, *, pointed: bool) -> None:
    x, y = centre
    lean = (x - 500) * 0.28
    tip = (x + lean, y - size)
    if pointed:
        outline: list[Point] = [
            tip,
            (x + size * 0.62, y - size * 0.1),
            (x - lean * 0.4, y + size * 0.7),
            (x - size * 0.62, y - size * 0.1),
        ]
    else:
        outline = [
            (x, y - size * 0.86),
            (x + size * 0.8, y - size * 0.3),
            (x + size * 0.66, y + size * 0.5),
            (x, y + size * 0.78),
            (x - size * 0.66, y + size * 0.5),
            (x - size * 0.8, y - size * 0.3),
        ]
    c.blob(outline, lighter(color, 0.26), darker(color, 0.16))
    c.line(
        curve([(x - lean * 0.2, y + size * 0.6), (x, y), (x + lean * 0.3, y - size * 0.62)], closed=False),
        3.5,
        lighter(color, 0.42),
    )
