"""The demo range: screens, stands, keyboards, mice, headsets, cameras, docks and cables."""

from catalog.demo import devices as draw
from catalog.demo.families import BLACK, BLUE, GREEN, GREY, PLUM, SAND, SILVER, TERRACOTTA, Family, Variant

LAKE, DUSK, FOREST, DUNE = (
    ("#6aa5d8", "#274b78"),
    ("#f0a36a", "#8a3b4a"),
    ("#9cc9a4", "#2f5d50"),
    ("#e6c79c", "#7a5a3a"),
)

MONITORS = (
    Family(
        "Beeldhuis", "Monitor Vista 27 inch QHD", "Monitor Vista 27 inch QHD", "289.00", draw.monitor,
        "Een scherp beeld, een rustige rand en een voet die in hoogte verstelt. Eén usb-c-kabel voor beeld en stroom.",
        "A sharp picture, a calm border and a foot that adjusts in height. One USB-C cable for picture and power.",
        (
            ("Schermdiagonaal", "Screen size", "27 inch", "27 inch"),
            ("Resolutie", "Resolution", "2560 x 1440", "2560 x 1440"),
            ("Aansluitingen", "Ports", "usb-c 65 W, HDMI, DisplayPort", "USB-C 65 W, HDMI, DisplayPort"),
            ("Energielabel", "Energy label", "E", "E"),
        ),
        (
            Variant("zwart", "black", "0", {"frame": "#20242b", "scene": LAKE}),
            Variant("zilver", "silver", "0", {"frame": "#d5d9de", "scene": LAKE}),
            Variant("zwart, met camera", "black, with camera", "60.00", {"frame": "#20242b", "scene": FOREST}),
        ),
        (30, 0, 940),
    ),
    Family(
        "Beeldhuis", "Monitor Vista 32 inch 4K", "Monitor Vista 32 inch 4K", "479.00", draw.monitor,
        "Vier keer zoveel ruimte als je laptop. Geschikt voor foto's: de kleuren kloppen vanaf de fabriek.",
        "Four times the room of your laptop. Good for photos: the colours are right from the factory.",
        (
            ("Schermdiagonaal", "Screen size", "32 inch", "32 inch"),
            ("Resolutie", "Resolution", "3840 x 2160", "3840 x 2160"),
            ("Aansluitingen", "Ports", "usb-c 90 W, HDMI, DisplayPort", "USB-C 90 W, HDMI, DisplayPort"),
        ),
        (
            Variant("zwart", "black", "0", {"frame": "#20242b", "scene": DUSK}),
            Variant("zilver", "silver", "0", {"frame": "#d5d9de", "scene": DUSK}),
        ),
        (30, 0, 940),
    ),
    Family(
        "Beeldhuis", "Breedbeeldmonitor Horizon 34 inch", "Ultrawide monitor Horizon 34 inch", "569.00", draw.monitor,
        "Twee schermen in één, zonder naad in het midden.",
        "Two screens in one, without a seam in the middle.",
        (
            ("Schermdiagonaal", "Screen size", "34 inch, 21:9", "34 inch, 21:9"),
            ("Resolutie", "Resolution", "3440 x 1440", "3440 x 1440"),
            ("Kromming", "Curve", "1500R", "1500R"),
        ),
        (
            Variant("zwart", "black", "0", {"frame": "#20242b", "scene": DUNE, "wide": True}),
            Variant("zilver", "silver", "0", {"frame": "#d5d9de", "scene": FOREST, "wide": True}),
            Variant("zwart, 49 inch", "black, 49 inch", "330.00", {"frame": "#20242b", "scene": LAKE, "wide": True}),
        ),
    ),
    Family(
        "Optima Lijn", "Monitor Start 24 inch Full HD", "Monitor Start 24 inch Full HD", "139.00", draw.monitor,
        "Een degelijk tweede scherm. Draait ook rechtop, handig voor lange teksten.",
        "A solid second screen. It also turns upright, handy for long texts.",
        (
            ("Schermdiagonaal", "Screen size", "24 inch", "24 inch"),
            ("Resolutie", "Resolution", "1920 x 1080", "1920 x 1080"),
            ("Voet", "Foot", "kantelt, draait en verstelt", "tilts, turns and adjusts"),
        ),
        (
            Variant("zwart", "black", "0", {"frame": "#20242b", "scene": FOREST}),
            Variant("wit", "white", "0", {"frame": "#e8eaee", "scene": DUNE}),
            Variant("zwart, rechtop", "black, upright", "10.00", {"frame": "#20242b", "scene": DUSK, "upright": True}),
            Variant("wit, rechtop", "white, upright", "10.00", {"frame": "#e8eaee", "scene": LAKE, "upright": True}),
        ),
    ),
)  # fmt: skip

STANDS = (
    Family(
        "Optima Lijn", "Laptopstandaard Trede", "Laptop stand Trede", "45.00", draw.laptop_stand,
        "Brengt je laptop op ooghoogte. Vouwt plat voor in de tas.",
        "Brings your laptop to eye level. Folds flat for your bag.",
        (
            ("Geschikt voor", "Fits", "11 tot 16 inch", "11 to 16 inch"),
            ("Hoogte", "Height", "15 tot 28 cm", "15 to 28 cm"),
            ("Materiaal", "Material", "gerecycled aluminium", "recycled aluminium"),
        ),
        (
            Variant("zilver", "silver", "0", {"color": SILVER, "scene": LAKE}),
            Variant("zwart", "black", "0", {"color": "#3a414c", "scene": DUSK}),
            Variant("bamboe", "bamboo", "5.00", {"color": "#c9a671", "scene": FOREST}),
            Variant("zand", "sand", "0", {"color": SAND, "scene": DUNE}),
        ),
        (80, 90, 840),
    ),
    Family(
        "Holt & Haven", "Laptopstandaard Tafel", "Laptop stand Tafel", "59.00", draw.laptop_stand,
        "Een zware, stille standaard die blijft staan waar je hem zet.",
        "A heavy, quiet stand that stays where you put it.",
        (
            ("Geschikt voor", "Fits", "13 tot 17 inch", "13 to 17 inch"),
            ("Gewicht", "Weight", "1,6 kg", "1.6 kg"),
        ),
        (
            Variant("eiken", "oak", "0", {"color": "#c89b6a", "scene": FOREST}),
            Variant("walnoot", "walnut", "5.00", {"color": "#7b5238", "scene": DUSK}),
        ),
        (80, 90, 840),
    ),
    Family(
        "Optima Lijn", "Monitorarm Zweef", "Monitor arm Zweef", "89.00", draw.monitor_arm,
        "Een gasveer houdt je scherm zwevend op zijn plek. Je bureau blijft leeg.",
        "A gas spring keeps your screen floating in its place. Your desk stays empty.",
        (
            ("Draagvermogen", "Load", "2 tot 9 kg", "2 to 9 kg"),
            ("Bevestiging", "Mount", "VESA 75 en 100, klem tot 8 cm", "VESA 75 and 100, clamp up to 8 cm"),
        ),
        (
            Variant("zwart", "black", "0", {"color": "#3a3f47"}),
            Variant("zilver", "silver", "0", {"color": "#c3c8d0"}),
            Variant("wit", "white", "0", {"color": "#e8eaee"}),
        ),
        (90, 120, 820),
    ),
    Family(
        "Optima Lijn", "Monitorarm Zweef dubbel", "Monitor arm Zweef double", "149.00", draw.monitor_arm,
        "Voor twee schermen naast elkaar, elk op de hoogte die past.",
        "For two screens side by side, each at the height that fits.",
        (
            ("Draagvermogen", "Load", "2 x 9 kg", "2 x 9 kg"),
            ("Bevestiging", "Mount", "VESA 75 en 100, klem tot 8 cm", "VESA 75 and 100, clamp up to 8 cm"),
        ),
        (
            Variant("zwart", "black", "0", {"color": "#3a3f47", "double": True}),
            Variant("zilver", "silver", "0", {"color": "#c3c8d0", "double": True}),
            Variant("wit", "white", "0", {"color": "#e8eaee", "double": True}),
        ),
        (90, 120, 820),
    ),
)  # fmt: skip

KEYBOARDS = (
    Family(
        "Tikt", "Toetsenbord Compact", "Keyboard Compact", "79.00", draw.keyboard,
        "Klein toetsenbord met stille schakelaars; je muis ligt dichterbij en je schouder ontspant. Bluetooth en usb-c.",
        "Small keyboard with quiet switches; your mouse is closer and your shoulder relaxes. Bluetooth and USB-C.",
        (
            ("Indeling", "Layout", "qwerty US-International", "QWERTY US International"),
            ("Verbinding", "Connection", "bluetooth 5.2, usb-c", "Bluetooth 5.2, USB-C"),
            ("Accu", "Battery", "tot 3 maanden", "up to 3 months"),
        ),
        (
            Variant("wit", "white", "0", {"body": "#dfe2e6", "keys": "#f7f8f9", "accent": "#f08a5d"}),
            Variant("grafiet", "graphite", "0", {"body": "#20242b", "keys": "#3f4652", "accent": "#5fb3b3"}),
            Variant("zand", "sand", "0", {"body": "#cbbfa6", "keys": "#ece5d6", "accent": "#7b5238"}),
            Variant("saliegroen", "sage green", "5.00", {"body": "#86a08c", "keys": "#dfe8dd", "accent": "#2f5d50"}),
        ),
        (90, 90, 820),
    ),
    Family(
        "Tikt", "Toetsenbord Volledig", "Keyboard Full", "95.00", draw.keyboard,
        "Met cijferblok, voor wie veel getallen typt. Toetsen met een zachte aanslag.",
        "With a number pad, for those who type many figures. Keys with a soft touch.",
        (
            ("Indeling", "Layout", "qwerty US-International", "QWERTY US International"),
            ("Cijferblok", "Number pad", "ja", "yes"),
        ),
        (
            Variant("grafiet", "graphite", "0", {"body": "#20242b", "keys": "#3f4652", "accent": "#5fb3b3", "numpad": True}),
            Variant("wit", "white", "0", {"body": "#dfe2e6", "keys": "#f7f8f9", "accent": "#4a6f96", "numpad": True}),
            Variant("blauw", "blue", "0", {"body": "#3c5878", "keys": "#d9e3ee", "accent": "#f0b35d", "numpad": True}),
        ),
        (30, 30, 940),
    ),
    Family(
        "Ruggespraak", "Ergonomisch toetsenbord Spleet", "Ergonomic keyboard Spleet", "119.00", draw.keyboard,
        "Twee helften houden je polsen recht. Na een week wil je niet meer terug.",
        "Two halves keep your wrists straight. After a week you will not want to go back.",
        (
            ("Indeling", "Layout", "qwerty, gesplitst", "QWERTY, split"),
            ("Polssteun", "Wrist rest", "inbegrepen", "included"),
        ),
        (
            Variant("zwart", "black", "0", {"body": "#2b2f36", "keys": "#454c58", "accent": "#bd6848", "split": True}),
            Variant("wit", "white", "0", {"body": "#dfe2e6", "keys": "#f7f8f9", "accent": "#4d8271", "split": True}),
        ),
        (90, 90, 820),
    ),
    Family(
        "Optima Lijn", "Toetsenbord Basis met draad", "Wired keyboard Basis", "29.00", draw.keyboard,
        "Doet wat een toetsenbord moet doen. Stekker erin en typen.",
        "Does what a keyboard should do. Plug it in and type.",
        (
            ("Verbinding", "Connection", "usb-a, 1,8 m", "USB-A, 1.8 m"),
            ("Cijferblok", "Number pad", "ja", "yes"),
        ),
        (
            Variant("zwart", "black", "0", {"body": "#2b2f36", "keys": "#363c46", "accent": "#363c46", "numpad": True}),
            Variant("grijs", "grey", "0", {"body": "#a4abb5", "keys": "#dfe2e6", "accent": "#dfe2e6", "numpad": True}),
            Variant("wit", "white", "0", {"body": "#e8eaee", "keys": "#fafafa", "accent": "#fafafa", "numpad": True}),
        ),
        (30, 30, 940),
    ),
)  # fmt: skip

MICE = (
    Family(
        "Tikt", "Draadloze muis Kiezel", "Wireless mouse Kiezel", "39.00", draw.mouse,
        "Rond als een kiezelsteen, met een wiel dat zacht en geluidloos loopt.",
        "Round as a pebble, with a wheel that runs softly and silently.",
        (
            ("Verbinding", "Connection", "bluetooth en usb-ontvanger", "Bluetooth and USB receiver"),
            ("Knoppen", "Buttons", "4, stil", "4, silent"),
            ("Accu", "Battery", "tot 6 maanden", "up to 6 months"),
        ),
        (
            Variant("grafiet", "graphite", "0", {"color": "#3a414c", "accent": "#5fb3b3"}),
            Variant("wit", "white", "0", {"color": "#dfe2e6", "accent": "#f08a5d"}),
            Variant("blauw", "blue", "0", {"color": BLUE, "accent": "#f0d9a5"}),
            Variant("saliegroen", "sage green", "0", {"color": "#86a08c", "accent": "#f3ecd2"}),
            Variant("terracotta", "terracotta", "0", {"color": TERRACOTTA, "accent": "#f3ecd2"}),
        ),
        (130, 130, 740),
    ),
    Family(
        "Ruggespraak", "Verticale muis Handdruk", "Vertical mouse Handdruk", "59.00", draw.mouse,
        "Je houdt hem vast als een hand die je schudt: je onderarm draait niet en je pols blijft recht.",
        "You hold it like a hand you shake: your forearm does not twist and your wrist stays straight.",
        (
            ("Hoek", "Angle", "57 graden", "57 degrees"),
            ("Uitvoering", "Version", "rechtshandig", "right-handed"),
        ),
        (
            Variant("zilver", "silver", "0", {"color": "#c9ced6", "accent": "#f08a5d", "upright": True}),
            Variant("zwart", "black", "0", {"color": "#343a43", "accent": "#5fb3b3", "upright": True}),
            Variant("pruim", "plum", "0", {"color": PLUM, "accent": "#f3ecd2", "upright": True}),
            Variant("zwart, linkshandig", "black, left-handed", "5.00", {"color": "#343a43", "accent": "#f08a5d", "upright": True}),
        ),
        (130, 140, 760),
    ),
    Family(
        "Optima Lijn", "Muis Basis met draad", "Wired mouse Basis", "14.50", draw.mouse,
        "Een eenvoudige muis voor links en rechts.",
        "A plain mouse for left and right hands.",
        (("Verbinding", "Connection", "usb-a, 1,5 m", "USB-A, 1.5 m"),),
        (
            Variant("zwart", "black", "0", {"color": "#2b2f36", "accent": "#6b7380"}),
            Variant("grijs", "grey", "0", {"color": "#9aa1ab", "accent": "#3a414c"}),
            Variant("wit", "white", "0", {"color": "#e8eaee", "accent": "#9aa1ab"}),
        ),
        (130, 130, 740),
    ),
)  # fmt: skip

HEADSETS = (
    Family(
        "Klankwerk", "Headset Stilte Pro", "Headset Stilte Pro", "199.00", draw.headset,
        "Ruisonderdrukking die de buurman laat verdwijnen en een microfoon die alleen jou hoort.",
        "Noise cancelling that makes the neighbour disappear and a microphone that hears only you.",
        (
            ("Ruisonderdrukking", "Noise cancelling", "actief", "active"),
            ("Accu", "Battery", "32 uur", "32 hours"),
            ("Verbinding", "Connection", "bluetooth 5.3 en usb-c", "Bluetooth 5.3 and USB-C"),
        ),
        (
            Variant("zwart", "black", "0", {"color": "#2f3640", "pad": "#14181e"}),
            Variant("zand", "sand", "0", {"color": "#e0d9ca", "pad": "#8a6f5a"}),
            Variant("blauw", "blue", "0", {"color": "#4a6f96", "pad": "#20344d"}),
        ),
        (80, 90, 840),
    ),
    Family(
        "Klankwerk", "Koptelefoon Rust", "Headphones Rust", "149.00", draw.headset,
        "Zachte schelpen voor een lange dag. De microfoon zit in de schelp.",
        "Soft cups for a long day. The microphone sits in the cup.",
        (
            ("Accu", "Battery", "40 uur", "40 hours"),
            ("Gewicht", "Weight", "248 gram", "248 grams"),
        ),
        (
            Variant("wit", "white", "0", {"color": "#e8eaee", "pad": "#a4abb5", "mic": False}),
            Variant("groen", "green", "0", {"color": GREEN, "pad": "#24453b", "mic": False}),
            Variant("terracotta", "terracotta", "0", {"color": TERRACOTTA, "pad": "#5b2f20", "mic": False}),
            Variant("zwart", "black", "0", {"color": "#343a43", "pad": "#14181e", "mic": False}),
        ),
        (80, 90, 840),
    ),
    Family(
        "Optima Lijn", "Headset Bel met draad", "Wired headset Bel", "35.00", draw.headset,
        "Licht en helder verstaanbaar. Usb erin en bellen.",
        "Light and clearly heard. Plug in the USB and call.",
        (("Verbinding", "Connection", "usb-a en usb-c", "USB-A and USB-C"),),
        (
            Variant("zwart", "black", "0", {"color": "#3a414c", "pad": "#20242b"}),
            Variant("grijs", "grey", "0", {"color": "#9aa1ab", "pad": "#566070"}),
        ),
        (80, 90, 840),
    ),
    Family(
        "Klankwerk", "Vergaderluidspreker Kring", "Speakerphone Kring", "129.00", draw.speaker,
        "Zet hem midden op tafel en iedereen is te verstaan.",
        "Put it in the middle of the table and everybody can be heard.",
        (
            ("Bereik microfoon", "Microphone range", "3 meter", "3 metres"),
            ("Accu", "Battery", "12 uur", "12 hours"),
        ),
        (
            Variant("zwart", "black", "0", {"color": "#3a414c", "accent": "#5fb3b3"}),
            Variant("zilver", "silver", "0", {"color": "#b9c0c9", "accent": "#4a6f96"}),
            Variant("zand", "sand", "0", {"color": "#cbbfa6", "accent": "#bd6848"}),
        ),
        (120, 220, 760),
    ),
)  # fmt: skip

WEBCAMS = (
    Family(
        "Beeldhuis", "Webcam Helder Full HD", "Webcam Helder Full HD", "59.00", draw.webcam,
        "Scherp beeld, ook bij weinig licht, en een schuifje voor als je even niet in beeld wilt.",
        "A sharp picture, in low light too, and a shutter for when you do not want to be seen.",
        (
            ("Resolutie", "Resolution", "1920 x 1080, 30 beelden per seconde", "1920 x 1080, 30 frames per second"),
            ("Microfoon", "Microphone", "2, met ruisfilter", "2, with noise filter"),
            ("Privacyschuif", "Privacy shutter", "ja", "yes"),
        ),
        (
            Variant("zwart", "black", "0", {"color": "#2f3640", "ring": "#9aa3af"}),
            Variant("wit", "white", "0", {"color": "#e8eaee", "ring": "#9aa3af"}),
            Variant("zilver", "silver", "0", {"color": "#b9c0c9", "ring": "#4a6f96"}),
            Variant("blauw", "blue", "0", {"color": BLUE, "ring": "#c3c8d0"}),
        ),
        (110, 170, 780),
    ),
    Family(
        "Beeldhuis", "Webcam Helder 4K", "Webcam Helder 4K", "139.00", draw.webcam,
        "Volgt je als je beweegt en stelt vanzelf scherp.",
        "Follows you when you move and focuses by itself.",
        (
            ("Resolutie", "Resolution", "3840 x 2160", "3840 x 2160"),
            ("Beeldhoek", "Field of view", "65 tot 90 graden", "65 to 90 degrees"),
        ),
        (
            Variant("zwart", "black", "0", {"color": "#20242b", "ring": "#bd6848"}),
            Variant("zilver", "silver", "0", {"color": "#c3c8d0", "ring": "#bd6848"}),
        ),
        (110, 170, 780),
    ),
    Family(
        "Klankwerk", "Webcam Oog rond", "Round webcam Oog", "79.00", draw.webcam,
        "Een kleine bol op je scherm, met een warm ringlicht.",
        "A small ball on your screen, with a warm ring light.",
        (
            ("Resolutie", "Resolution", "2560 x 1440", "2560 x 1440"),
            ("Ringlicht", "Ring light", "3 standen", "3 levels"),
        ),
        (
            Variant("wit", "white", "0", {"color": "#e5e7eb", "ring": "#9aa3af", "round_body": True}),
            Variant("zwart", "black", "0", {"color": "#343a43", "ring": "#e6c79c", "round_body": True}),
            Variant("zand", "sand", "0", {"color": "#d8cdb8", "ring": "#7b5238", "round_body": True}),
            Variant("groen", "green", "0", {"color": GREEN, "ring": "#dfe8dd", "round_body": True}),
        ),
        (110, 170, 780),
    ),
)  # fmt: skip

DOCKS = (
    Family(
        "Optima Lijn", "Dockingstation Haven", "Docking station Haven", "169.00", draw.dock,
        "Eén kabel naar je laptop; schermen, netwerk en stroom blijven aangesloten.",
        "One cable to your laptop; screens, network and power stay connected.",
        (
            ("Aansluitingen", "Ports", "2 x HDMI, 3 x usb, netwerk", "2 x HDMI, 3 x USB, network"),
            ("Laadvermogen", "Charging", "96 W", "96 W"),
        ),
        (
            Variant("grijs", "grey", "0", {"color": "#8b939e"}),
            Variant("zwart", "black", "0", {"color": "#3a414c"}),
        ),
        (110, 170, 780),
    ),
    Family(
        "Optima Lijn", "Usb-c-hub Steiger", "USB-C hub Steiger", "49.00", draw.dock,
        "Een klein kastje met de poorten die je laptop mist.",
        "A small box with the ports that your laptop lacks.",
        (("Aansluitingen", "Ports", "HDMI, 2 x usb-a, usb-c, kaartlezer", "HDMI, 2 x USB-A, USB-C, card reader"),),
        (
            Variant("zilver", "silver", "0", {"color": "#c3c8d0", "ports": 4}),
            Variant("blauw", "blue", "0", {"color": "#5f7fa3", "ports": 4}),
        ),
        (110, 170, 780),
    ),
    Family(
        "Optima Lijn", "Usb-c-kabel", "USB-C cable", "12.95", draw.cable,
        "Geweven kabel voor opladen en data, tot 100 W.",
        "Braided cable for charging and data, up to 100 W.",
        (("Vermogen", "Power", "100 W", "100 W"), ("Mantel", "Jacket", "geweven nylon", "braided nylon")),
        (
            Variant("1 meter, grijs", "1 metre, grey", "0", {"color": GREY}),
            Variant("2 meter, zwart", "2 metres, black", "3.00", {"color": BLACK}),
            Variant("2 meter, groen", "2 metres, green", "3.00", {"color": GREEN}),
        ),
        (60, 110, 880),
    ),
    Family(
        "Optima Lijn", "HDMI-kabel 4K", "HDMI cable 4K", "9.95", draw.cable,
        "Voor een tweede scherm. Kort genoeg om niet in de weg te liggen.",
        "For a second screen. Short enough not to lie in the way.",
        (("Standaard", "Standard", "HDMI 2.0", "HDMI 2.0"),),
        (
            Variant("1,5 meter", "1.5 metres", "0", {"color": "#343a43", "plug": "#d9b25f"}),
            Variant("3 meter", "3 metres", "4.00", {"color": "#2b2f36", "plug": "#d9b25f"}),
        ),
        (60, 110, 880),
    ),
    Family(
        "Stroomlijn", "Stekkerdoos Rij", "Power strip Rij", "24.95", draw.power_strip,
        "Met schakelaar en overspanningsbeveiliging.",
        "With a switch and surge protection.",
        (("Snoer", "Cord", "1,8 m", "1.8 m"), ("Beveiliging", "Protection", "overspanning", "surge")),
        (
            Variant("4 stopcontacten, wit", "4 sockets, white", "0", {"color": "#eceef1"}),
            Variant("4 stopcontacten, zwart", "4 sockets, black", "0", {"color": "#4a515c"}),
            Variant("6 stopcontacten, wit", "6 sockets, white", "8.00", {"color": "#eceef1", "sockets": 6}),
        ),
        (20, 60, 960),
    ),
)  # fmt: skip
