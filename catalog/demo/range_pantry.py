"""The demo range: coffee, tea and plants, which companies usually leave to their people's own money."""

from catalog.demo import pantry as draw
from catalog.demo.families import BLUE, GREEN, GREY, SAND, TERRACOTTA, Family, Variant
from catalog.models import VatRate

DRINKS = (
    Family(
        "Brandpunt", "Koffiebonen", "Coffee beans", "15.95", draw.coffee_bag,
        "Langzaam gebrand in kleine partijen, en geproefd voordat de zak dichtgaat.",
        "Roasted slowly in small batches, and tasted before the bag is closed.",
        (("Inhoud", "Contents", "1 kg", "1 kg"), ("Branding", "Roast", "medium", "medium")),
        (
            Variant("Ochtend", "Ochtend", "0", {"color": "#4a3526", "label": "#e9d8bd"}),
            Variant("Espresso", "Espresso", "1.00", {"color": "#2b2f36", "label": "#d9b98f"}),
            Variant("Cafeïnevrij", "Decaf", "1.50", {"color": "#4d8271", "label": "#f3ecd2"}),
            Variant("Fairtrade Peru", "Fairtrade Peru", "2.00", {"color": "#bd6848", "label": "#f7e7cf"}),
        ),
        (120, 150, 780), VatRate.REDUCED,
    ),
    Family(
        "Theeplein", "Thee, 40 zakjes", "Tea, 40 bags", "7.50", draw.tea_box,
        "Hele blaadjes in een zakje van maïsvezel.",
        "Whole leaves in a bag of corn fibre.",
        (("Inhoud", "Contents", "40 zakjes", "40 bags"), ("Keurmerk", "Label", "biologisch", "organic")),
        (
            Variant("verse munt", "fresh mint", "0", {"color": "#7aa35a", "label": "#f3ecd2"}),
            Variant("rooibos", "rooibos", "0", {"color": "#bd6848", "label": "#f7e7cf"}),
            Variant("earl grey", "earl grey", "0", {"color": "#4a6f96", "label": "#e6edf5"}),
            Variant("gember en citroen", "ginger and lemon", "0.50", {"color": "#d9ab4a", "label": "#fbf3dc"}),
        ),
        (110, 150, 800), VatRate.REDUCED,
    ),
    Family(
        "Holt & Haven", "Mok Aarde", "Mug Aarde", "12.50", draw.mug,
        "Handgedraaid aardewerk. Mag in de vaatwasser.",
        "Hand-thrown earthenware. Dishwasher safe.",
        (("Inhoud", "Contents", "300 ml", "300 ml"),),
        (
            Variant("terracotta", "terracotta", "0", {"color": TERRACOTTA}),
            Variant("blauw", "blue", "0", {"color": BLUE}),
            Variant("zand", "sand", "0", {"color": SAND}),
        ),
        (90, 90, 840),
    ),
    Family(
        "Holt & Haven", "Drinkfles Bron 0,5 liter", "Bottle Bron 0.5 litres", "24.50", draw.bottle,
        "Houdt water een dag koud en thee een werkdag warm.",
        "Keeps water cold for a day and tea warm for a working day.",
        (("Inhoud", "Contents", "500 ml", "500 ml"), ("Materiaal", "Material", "roestvrij staal", "stainless steel")),
        (
            Variant("groen", "green", "0", {"color": GREEN}),
            Variant("grijs", "grey", "0", {"color": GREY}),
        ),
        (30, 40, 940),
    ),
)  # fmt: skip

PLANTS = (
    Family(
        "Kas & Co", "Pannenkoekplant", "Chinese money plant", "16.95", draw.plant,
        "Vrolijke ronde blaadjes, tevreden met wat licht en een slok water per week.",
        "Cheerful round leaves, content with some light and a sip of water a week.",
        (("Hoogte", "Height", "35 cm", "35 cm"), ("Verzorging", "Care", "makkelijk", "easy")),
        (
            Variant("terracotta pot", "terracotta pot", "0", {"pot": TERRACOTTA}),
            Variant("witte pot", "white pot", "0", {"pot": "#eceae5"}),
            Variant("blauwe pot", "blue pot", "1.00", {"pot": BLUE, "leaf": "#4f9560"}),
        ),
        (60, 40, 900), VatRate.REDUCED,
    ),
    Family(
        "Kas & Co", "Vrouwentong", "Snake plant", "22.50", draw.plant,
        "Zuivert de lucht en vergeeft je een vakantie zonder water.",
        "Cleans the air and forgives you a holiday without water.",
        (("Hoogte", "Height", "50 cm", "50 cm"), ("Verzorging", "Care", "heel makkelijk", "very easy")),
        (
            Variant("witte pot", "white pot", "0", {"pot": "#e5e1d8", "kind": "tall"}),
            Variant("grijze pot", "grey pot", "0", {"pot": GREY, "kind": "tall"}),
            Variant("gele pot", "yellow pot", "1.00", {"pot": "#d9ab4a", "kind": "tall", "leaf": "#3b7d5b"}),
        ),
        (60, 40, 900), VatRate.REDUCED,
    ),
    Family(
        "Kas & Co", "Lepelplant", "Peace lily", "18.95", draw.plant,
        "Laat zijn blad hangen als hij dorst heeft, en staat een uur later weer rechtop.",
        "Droops when it is thirsty, and stands up again an hour later.",
        (("Hoogte", "Height", "45 cm", "45 cm"), ("Licht", "Light", "schaduw", "shade")),
        (
            Variant("antraciet pot", "anthracite pot", "0", {"pot": "#566070", "kind": "pointed"}),
            Variant("groene pot", "green pot", "0", {"pot": GREEN, "kind": "pointed", "leaf": "#357a4c"}),
            Variant("zandkleurige pot", "sand pot", "0", {"pot": SAND, "kind": "pointed"}),
        ),
        (60, 40, 900), VatRate.REDUCED,
    ),
)  # fmt: skip
