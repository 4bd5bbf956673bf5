"""Who plays in the demo: companies with their portals and people, and the operator's staff. All of it invented."""

from dataclasses import dataclass

PASSWORD = "thuiswerk-demo"  # noqa: S105
NEWCOMER = "sanne@acme.example"

# E-mail, name, the role's group.
STAFF = (
    ("coordinator@thuiswerk.example", "Coen Verhoeven", "coordinator"),
    ("finance@thuiswerk.example", "Femke Postma", "finance"),
    ("service@thuiswerk.example", "Karim Haddad", "customer_service"),
    ("admin@thuiswerk.example", "Ada Willems", "administrator"),
)


@dataclass(frozen=True)
class Part:
    """A company and its portal. `starts` and `ends` count months from this one: the first day of the one, the last of
    the other; None where there is no live period yet. `people` are names; the first of them manages. `limits`: how
    many of a category each of them may order. `order_number`: what its purchasing gave after its last invoice.
    `cost_centres`: handed out to the people in turn. `payroll`: the class of categories, some with a base amount.
    Who has products on its invoices agreed on that before its shop opened."""

    slug: str
    company: str
    legal_name: str
    kvk_number: str
    address: tuple[str, str, str]
    reference: str
    color: str
    credit: str
    own_money: str
    welcome_nl: str
    welcome_en: str
    categories: tuple[str, ...]
    people: tuple[str, ...]
    starts: int | None = None
    ends: int = 0
    language: str = "nl"
    leaver: str = ""
    limits: tuple[tuple[str, int], ...] = ()
    specification: str = "staff_number"
    order_number: str = ""
    cost_centres: tuple[str, ...] = ("",)
    payroll: tuple[tuple[str, str, str | None], ...] = ()

    def email(self, name: str) -> str:
        """`bob@acme.example` of Bob de Vries at acme."""
        return f"{name.split()[0].lower()}@{self.slug}.example"


PARTS = (
    Part(
        slug="acme",
        company="Acme",
        legal_name="Acme Nederland B.V.",
        kvk_number="90001001",
        address=("Stationsplein 14", "3511 ED", "Utrecht"),
        reference="PO-2210",
        color="#1f6f5c",
        credit="600.00",
        own_money="assortment",
        welcome_nl="Thuis net zo goed werken als bij ons aan tafel: kies wat bij je plek past. Van een goede stoel tot "
        "een stil toetsenbord; wij betalen mee.",
        welcome_en="Work as well at home as at our own tables: choose what suits your place, from a good chair to a "
        "quiet keyboard. We pay our part.",
        categories=(
            "meubels-en-licht", "scherm-en-laptop", "toetsenbord-en-muis", "bellen-en-vergaderen",
            "voetensteunen-en-houding", "docks-en-kabels",
        ),
        people=(
            "Alice Jansen", "Bob de Vries", "Sanne Kuipers", "Daan Bakker", "Emma Visser", "Fatima El Amrani",
            "Gijs van Dijk", "Hanna Smit", "Ilse Meijer", "Jeroen Mulder", "Kim Nguyen", "Lars Bos",
        ),
        starts=-3,
        ends=2,
        leaver="Lars Bos",
        limits=(("bureaustoelen", 1), ("monitoren", 2)),
        specification="name",
        cost_centres=("4100 Verkoop", "4200 Klantenservice", "4300 ICT"),
        payroll=(
            ("meubels-en-licht", "arbo", None),
            ("bureaustoelen", "arbo", "300.00"),
            ("voetensteunen-en-houding", "arbo", "40.00"),
            ("scherm-en-laptop", "necessary", None),
            ("toetsenbord-en-muis", "necessary", None),
            ("bellen-en-vergaderen", "necessary", None),
            ("docks-en-kabels", "free_space", None),
        ),
    ),
    Part(
        slug="globex",
        company="Globex",
        legal_name="Globex Logistics B.V.",
        kvk_number="90001002",
        address=("Wilhelminakade 308", "3072 AR", "Rotterdam"),
        reference="GLX/THUIS/26",
        color="#b4472e",
        credit="400.00",
        own_money="everything",
        welcome_nl="Welkom bij de thuiswerkwinkel van Globex. Met je tegoed betaal je stoelen, voetensteunen, lampen, "
        "schermen, toetsenborden, muizen en headsets. Al het andere, van bureau tot koffie, koop je van eigen geld.",
        welcome_en="Welcome to the home-office shop of Globex. Your credit pays for chairs, footrests, lamps, screens, "
        "keyboards, mice and headsets. Everything else, from desk to coffee, you buy with your own money.",
        categories=(
            "bureaustoelen", "lampen", "scherm-en-laptop", "toetsenbord-en-muis", "headsets-en-luidsprekers",
            "voetensteunen-en-houding",
        ),
        people=(
            "Maud Hendriks", "Charlie Peeters", "Noor Dekker", "Omar Yilmaz", "Pieter Brouwer", "Quinten de Boer",
            "Roos Vermeulen", "Sem van den Berg", "Tess Schouten", "Umut Kaya", "Vera Hoekstra", "Wouter Prins",
        ),
        starts=-3,
        ends=1,
        language="en",
        specification="order",
        cost_centres=("LOG-NL", "LOG-BE"),
        payroll=(
            ("bureaustoelen", "arbo", "250.00"),
            ("scherm-en-laptop", "necessary", None),
            ("toetsenbord-en-muis", "free_space", None),
            ("headsets-en-luidsprekers", "taxed", None),
        ),
    ),
    Part(
        slug="initech",
        company="Initech",
        legal_name="Initech Software B.V.",
        kvk_number="90001003",
        address=("High Tech Campus 5", "5656 AE", "Eindhoven"),
        reference="",
        color="#4b4fa8",
        credit="350.00",
        own_money="nothing",
        welcome_nl="Een goede werkplek thuis, van ons voor jou.",
        welcome_en="A good workplace at home, from us to you.",
        categories=("meubels-en-licht", "scherm-en-laptop"),
        people=("Xander Kok", "Yara Blom", "Zara Timmermans"),
        specification="cost_centre",
        cost_centres=("R&D", "Support"),
    ),
    Part(
        slug="umbrella",
        company="Umbrella",
        legal_name="Umbrella Verzekeringen N.V.",
        kvk_number="90001004",
        address=("Gustav Mahlerlaan 42", "1082 MC", "Amsterdam"),
        reference="Facilitair",
        order_number="4500-1187",
        color="#8a2f5f",
        credit="250.00",
        own_money="nothing",
        welcome_nl="Goed zitten, goed zien, goed werken.",
        welcome_en="Sit well, see well, work well.",
        categories=("meubels-en-licht", "toetsenbord-en-muis", "voetensteunen-en-houding"),
        people=("Bas Peters", "Eva Jacobs", "Finn Maas", "Lotte Evers", "Milan Koster", "Nina Sanders"),
        starts=-6,
        ends=-4,
        specification="products",
        cost_centres=("Schade", "Leven"),
    ),
)  # fmt: skip

ADDRESSES = (
    ("Lindenlaan", "18", "3571 AB", "Utrecht"),
    ("Oudegracht", "214 bis", "3511 NR", "Utrecht"),
    ("Meent", "93", "3011 JG", "Rotterdam"),
    ("Javastraat", "41-2", "1094 GZ", "Amsterdam"),
    ("Grote Markt", "7", "9712 HN", "Groningen"),
    ("Willemstraat", "126", "2514 HM", "Den Haag"),
    ("Vestdijk", "30", "5611 CA", "Eindhoven"),
    ("Kleine Houtstraat", "55", "2011 DE", "Haarlem"),
    ("Berg en Dalseweg", "310", "6522 CM", "Nijmegen"),
    ("Nieuwstraat", "12", "4811 WV", "Breda"),
    ("Singel", "88", "3311 SK", "Dordrecht"),
    ("Papestraat", "3", "7411 NA", "Deventer"),
)
