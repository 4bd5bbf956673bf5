"""The demo range: desks, chairs, lamps, and what keeps a body well."""

from catalog.demo import furniture as draw
from catalog.demo.families import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    OAK,
    PETROL,
    PLUM,
    SAND,
    SILVER,
    TERRACOTTA,
    WALNUT,
    WHITE,
    Family,
    Variant,
)  # fmt: skip

DESKS = (
    Family(
        "Nordvik", "Zit-sta bureau Lift 140 x 80", "Sit-stand desk Lift 140 x 80", "449.00", draw.desk,
        "Wissel met één druk op de knop tussen zitten en staan. Het blad blijft stil staan, ook op de hoogste stand, en "
        "vier standen onthoudt het bureau voor je.\n\nDe kabels verdwijnen in een goot onder het blad.",
        "Change between sitting and standing at the press of a button. The top stays steady, even at its highest, and the "
        "desk remembers four positions for you.\n\nCables disappear into a tray under the top.",
        (
            ("Afmeting blad", "Top", "140 x 80 cm", "140 x 80 cm"),
            ("Hoogte", "Height", "62 tot 127 cm", "62 to 127 cm"),
            ("Draagvermogen", "Load", "90 kg", "90 kg"),
            ("Motoren", "Motors", "2, stiller dan 45 dB", "2, below 45 dB"),
            ("Garantie", "Warranty", "5 jaar", "5 years"),
        ),
        (
            Variant("eiken, wit frame", "oak, white frame", "0", {"top": OAK, "frame": "#e8eaee"}),
            Variant("walnoot, zwart frame", "walnut, black frame", "30.00", {"top": WALNUT, "frame": BLACK}),
            Variant("wit, wit frame", "white, white frame", "0", {"top": WHITE, "frame": "#e8eaee"}),
            Variant("grijs, zwart frame", "grey, black frame", "10.00", {"top": "#9aa1ab", "frame": BLACK}),
        ),
    ),
    Family(
        "Nordvik", "Zit-sta bureau Lift 180 x 80", "Sit-stand desk Lift 180 x 80", "549.00", draw.desk,
        "De brede broer van de Lift 140: plek voor twee schermen en een stapel papier, met een lade voor wat je bij de hand "
        "wilt houden.",
        "The wide brother of the Lift 140: room for two screens and a pile of paper, with a drawer for what you want at hand.",
        (
            ("Afmeting blad", "Top", "180 x 80 cm", "180 x 80 cm"),
            ("Hoogte", "Height", "62 tot 127 cm", "62 to 127 cm"),
            ("Draagvermogen", "Load", "110 kg", "110 kg"),
            ("Lade", "Drawer", "A4, met slot", "A4, with a lock"),
        ),
        (
            Variant("eiken, zwart frame", "oak, black frame", "0", {"top": OAK, "frame": BLACK, "wide": True, "drawer": True}),
            Variant("walnoot, zwart frame", "walnut, black frame", "30.00", {"top": WALNUT, "frame": BLACK, "wide": True, "drawer": True}),
            Variant("wit, zilver frame", "white, silver frame", "0", {"top": WHITE, "frame": SILVER, "wide": True, "drawer": True}),
        ),
    ),
    Family(
        "Holt & Haven", "Bureau Basis 120 x 60", "Desk Basis 120 x 60", "179.00", draw.desk,
        "Een vast bureau voor een kleine kamer. In tien minuten in elkaar, met één sleutel.",
        "A fixed desk for a small room. Assembled in ten minutes with a single key.",
        (
            ("Afmeting blad", "Top", "120 x 60 cm", "120 x 60 cm"),
            ("Hoogte", "Height", "74 cm", "74 cm"),
            ("Materiaal", "Material", "FSC-hout en staal", "FSC wood and steel"),
        ),
        (
            Variant("eiken", "oak", "0", {"top": OAK, "frame": GREY}),
            Variant("wit", "white", "0", {"top": WHITE, "frame": SILVER}),
            Variant("zwart", "black", "0", {"top": "#3a3f47", "frame": BLACK}),
        ),
    ),
    Family(
        "Holt & Haven", "Zit-sta opzetbureau Stap", "Desktop riser Stap", "189.00", draw.desk_riser,
        "Zet hem op je eigen tafel en werk staand wanneer je wilt. Een gasveer tilt je scherm en toetsenbord mee omhoog.",
        "Put it on your own table and work standing when you like. A gas spring lifts your screen and keyboard.",
        (
            ("Breedte", "Width", "80 cm", "80 cm"),
            ("Hoogte", "Height", "12 tot 50 cm", "12 to 50 cm"),
            ("Draagvermogen", "Load", "15 kg", "15 kg"),
        ),
        (
            Variant("wit", "white", "0", {"top": WHITE, "frame": SILVER}),
            Variant("zwart", "black", "0", {"top": "#3a3f47", "frame": BLACK}),
        ),
        (60, 150, 880),
    ),
)  # fmt: skip

CHAIRS = (
    Family(
        "Zetwerk", "Bureaustoel Nova met hoofdsteun", "Desk chair Nova with headrest", "389.00", draw.chair,
        "De rug van ademend gaas geeft mee waar jij beweegt. Zithoogte, zitdiepte, lendensteun en armleuningen stel je zittend "
        "in. Voldoet aan NEN-EN 1335.",
        "The breathing mesh back follows you as you move. Set height, seat depth, lumbar support and armrests while seated. "
        "Meets EN 1335.",
        (
            ("Zithoogte", "Seat height", "41 tot 54 cm", "41 to 54 cm"),
            ("Gewicht gebruiker", "User weight", "tot 130 kg", "up to 130 kg"),
            ("Norm", "Standard", "NEN-EN 1335", "EN 1335"),
            ("Garantie", "Warranty", "5 jaar", "5 years"),
        ),
        (
            Variant("antraciet", "anthracite", "0", {"seat": "#4b5563", "frame": "#20242b"}),
            Variant("blauw", "blue", "0", {"seat": BLUE, "frame": "#20242b"}),
            Variant("groen", "green", "0", {"seat": GREEN, "frame": "#e3e6ea"}),
            Variant("petrol", "petrol", "15.00", {"seat": PETROL, "frame": "#e3e6ea"}),
        ),
    ),
    Family(
        "Zetwerk", "Bureaustoel Nova", "Desk chair Nova", "319.00", draw.chair,
        "Dezelfde Nova zonder hoofdsteun: licht, luchtig en in elke stand in balans.",
        "The same Nova without headrest: light, airy and in balance in every position.",
        (
            ("Zithoogte", "Seat height", "41 tot 54 cm", "41 to 54 cm"),
            ("Armleuningen", "Armrests", "3D verstelbaar", "3D adjustable"),
            ("Wielen", "Castors", "zacht, voor harde vloeren", "soft, for hard floors"),
        ),
        (
            Variant("zwart", "black", "0", {"seat": "#343a43", "frame": "#20242b", "headrest": False}),
            Variant("zand", "sand", "0", {"seat": "#b8a888", "frame": "#e3e6ea", "headrest": False}),
            Variant("terracotta", "terracotta", "0", {"seat": TERRACOTTA, "frame": "#20242b", "headrest": False}),
        ),
        (50, 90, 900),
    ),
    Family(
        "Holt & Haven", "Bureaustoel Loom", "Desk chair Loom", "229.00", draw.chair,
        "Een gestoffeerde stoel die thuis past: zachte wolmix, rustige kleuren en een synchroonmechaniek.",
        "An upholstered chair that suits a home: soft wool blend, calm colours and a synchronous mechanism.",
        (
            ("Stof", "Fabric", "wolmix, 80.000 Martindale", "wool blend, 80,000 Martindale"),
            ("Zithoogte", "Seat height", "43 tot 53 cm", "43 to 53 cm"),
            ("Gewicht gebruiker", "User weight", "tot 110 kg", "up to 110 kg"),
        ),
        (
            Variant("grijs", "grey", "0", {"seat": "#8a919c", "frame": "#e3e6ea", "headrest": False, "mesh": False}),
            Variant("mosgroen", "moss green", "0", {"seat": "#6f7f58", "frame": "#2b2f36", "headrest": False, "mesh": False}),
            Variant("pruim", "plum", "0", {"seat": PLUM, "frame": "#2b2f36", "headrest": False, "mesh": False, "arms": False}),
        ),
        (50, 90, 900),
    ),
    Family(
        "Ruggespraak", "Zadelkruk Rij", "Saddle stool Rij", "159.00", draw.stool,
        "Op een zadelkruk zit je vanzelf rechtop. Fijn om af te wisselen met je gewone stoel.",
        "A saddle stool makes you sit upright by itself. A good change from your ordinary chair.",
        (
            ("Zithoogte", "Seat height", "55 tot 74 cm", "55 to 74 cm"),
            ("Bekleding", "Cover", "kunstleer, afneembaar", "artificial leather, wipeable"),
        ),
        (
            Variant("cognac", "cognac", "0", {"seat": "#a8623a", "frame": BLACK}),
            Variant("zwart", "black", "0", {"seat": "#343a43", "frame": BLACK}),
        ),
        (130, 220, 740),
    ),
)  # fmt: skip

LAMPS = (
    Family(
        "Lumen & Co", "Bureaulamp Knik", "Desk lamp Knik", "69.00", draw.lamp,
        "Een lamp met twee armen en een warme kap. Dimbaar met een tik op de voet.",
        "A lamp with two arms and a warm shade. Dim it with a tap on the foot.",
        (
            ("Licht", "Light", "600 lumen, 2700 K", "600 lumen, 2700 K"),
            ("Verbruik", "Power", "7 W", "7 W"),
            ("Dimbaar", "Dimmable", "ja, in 4 stappen", "yes, 4 steps"),
        ),
        (
            Variant("antraciet", "anthracite", "0", {"color": "#3a414c"}),
            Variant("wit", "white", "0", {"color": "#dfe2e6"}),
            Variant("terracotta", "terracotta", "5.00", {"color": TERRACOTTA}),
            Variant("mosgroen", "moss green", "5.00", {"color": "#6f8a62"}),
        ),
        (100, 130, 800),
    ),
    Family(
        "Lumen & Co", "Ledlamp Balk", "LED lamp Balk", "99.00", draw.bar_lamp,
        "Egaal licht over je hele werkblad, zonder schittering op je scherm. Van warm naar koel wit.",
        "Even light over your whole desk, without glare on your screen. From warm to cool white.",
        (
            ("Licht", "Light", "900 lumen, 2700 tot 5000 K", "900 lumen, 2700 to 5000 K"),
            ("Kleurweergave", "Colour rendering", "Ra 95", "Ra 95"),
            ("Aansluiting", "Connection", "USB-C", "USB-C"),
        ),
        (
            Variant("zilver", "silver", "0", {"color": "#b9c0c9"}),
            Variant("zwart", "black", "0", {"color": BLACK}),
            Variant("koper", "copper", "10.00", {"color": "#b87850"}),
        ),
        (100, 120, 800),
    ),
    Family(
        "Holt & Haven", "Vloerlamp Avond", "Floor lamp Avond", "119.00", draw.floor_lamp,
        "Zacht licht naast je bureau, voor als de dag korter wordt dan je werk.",
        "Soft light beside your desk, for when the day is shorter than your work.",
        (
            ("Hoogte", "Height", "155 cm", "155 cm"),
            ("Fitting", "Socket", "E27, lamp inbegrepen", "E27, bulb included"),
        ),
        (
            Variant("zwart", "black", "0", {"color": BLACK}),
            Variant("messing", "brass", "15.00", {"color": "#b8924a"}),
            Variant("wit", "white", "0", {"color": "#d5d9de"}),
        ),
    ),
    Family(
        "Lumen & Co", "Daglichtlamp Ochtend", "Daylight lamp Ochtend", "149.00", draw.bar_lamp,
        "Helder daglicht van 10.000 lux op leesafstand. Een half uur in de ochtend maakt donkere maanden lichter.",
        "Bright daylight of 10,000 lux at reading distance. Half an hour in the morning makes dark months lighter.",
        (
            ("Licht", "Light", "10.000 lux op 30 cm", "10,000 lux at 30 cm"),
            ("Uv-vrij", "UV free", "ja", "yes"),
        ),
        (
            Variant("wit", "white", "0", {"color": "#dfe2e6", "light": "#f4f9ff"}),
            Variant("grijs", "grey", "0", {"color": GREY, "light": "#f4f9ff"}),
        ),
        (100, 120, 800),
    ),
)  # fmt: skip

POSTURE = (
    Family(
        "Ruggespraak", "Voetensteun Kantel", "Footrest Kantel", "49.00", draw.footrest,
        "Je voeten rusten vlak, je knieën in een rechte hoek. Kantelt mee met je enkels.",
        "Your feet rest flat, your knees at a right angle. Tilts along with your ankles.",
        (
            ("Afmeting", "Size", "45 x 35 cm", "45 x 35 cm"),
            ("Kantelhoek", "Tilt", "0 tot 30 graden", "0 to 30 degrees"),
        ),
        (
            Variant("zwart", "black", "0", {"color": "#39424e", "frame": "#20242b"}),
            Variant("grijs", "grey", "0", {"color": "#8a919c", "frame": "#3a414c"}),
            Variant("bamboe", "bamboo", "20.00", {"color": "#c9a671", "frame": "#5b4632"}),
        ),
        (90, 190, 820),
    ),
    Family(
        "Ruggespraak", "Zitkussen Wolk", "Seat cushion Wolk", "39.00", draw.cushion,
        "Traagschuim met een uitsparing voor je stuitje. De hoes kan in de was.",
        "Memory foam with a cut-out for your tailbone. The cover is washable.",
        (
            ("Materiaal", "Material", "traagschuim", "memory foam"),
            ("Hoes", "Cover", "wasbaar op 40 °C", "washable at 40 °C"),
        ),
        (
            Variant("blauw", "blue", "0", {"color": BLUE}),
            Variant("grijs", "grey", "0", {"color": GREY}),
            Variant("groen", "green", "0", {"color": GREEN}),
        ),
        (140, 230, 720),
    ),
    Family(
        "Ruggespraak", "Rugkussen Leun", "Back cushion Leun", "44.00", draw.cushion,
        "Steunt je onderrug in elke stoel, ook aan de keukentafel.",
        "Supports your lower back in any chair, at the kitchen table too.",
        (
            ("Bevestiging", "Fastening", "twee verstelbare banden", "two adjustable straps"),
            ("Hoes", "Cover", "wasbaar op 40 °C", "washable at 40 °C"),
        ),
        (
            Variant("antraciet", "anthracite", "0", {"color": "#566070", "back": True}),
            Variant("zand", "sand", "0", {"color": SAND, "back": True}),
            Variant("petrol", "petrol", "0", {"color": PETROL, "back": True}),
        ),
        (130, 130, 740),
    ),
    Family(
        "Ruggespraak", "Balansbord Wiebel", "Balance board Wiebel", "79.00", draw.balance_board,
        "Sta je aan je zit-sta bureau, dan houdt dit bord je ongemerkt in beweging.",
        "While you stand at your sit-stand desk, this board keeps you moving without noticing.",
        (
            ("Doorsnede", "Diameter", "40 cm", "40 cm"),
            ("Draagvermogen", "Load", "150 kg", "150 kg"),
        ),
        (
            Variant("eiken", "oak", "0", {"color": OAK, "frame": "#20242b"}),
            Variant("walnoot", "walnut", "10.00", {"color": WALNUT, "frame": "#20242b"}),
            Variant("kurk", "cork", "0", {"color": "#b9895a", "frame": "#3a414c"}),
        ),
        (110, 190, 780),
    ),
)  # fmt: skip
