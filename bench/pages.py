"""What is measured: the pages, as the lines that a script of wrk sends, and as one visit to count its statements."""

from collections.abc import Callable
from dataclasses import dataclass

from bench.world import TRAITS, Employee, World

CSRF_TOKEN = "benchCSRFtokenOf32CharactersLong"  # noqa: S105
ADDRESS = "name=Medewerker&street=Dorpsstraat&house_number=12&postal_code=3511+ED&city=Utrecht&country=NL"
SEARCHES = (
    "bureaustoel",
    "monitorarm+draadloos",
    "headset+zwart",
    "compacte+webcam",
    "zitkussen+merk+12",
    "verstelbaar+bureau+eiken",
)
MISSPELT = ("buraustoel", "monitoram", "bureaulmp", "voetensteum", "laptopstndaard", "toetsenbrod")


@dataclass(frozen=True)
class Page:
    """A figure. `requests` is how many requests one unit of it takes: the floor is held against as many.

    `budget` is how many statements one unit may send: more is a wrong answer.
    """

    name: str
    lines: Callable[[World], list[str]]
    budget: int
    script: str = "requests.lua"
    threads: int = 1
    requests: int = 1


def cookie(employee: Employee) -> str:
    return f"sessionid={employee.session}; csrftoken={CSRF_TOKEN}"


def _reads(path: Callable[[World], str]) -> Callable[[World], list[str]]:
    """The lines of a page that is only read, by all readers in turn; `path` gives an address."""

    def lines(world: World) -> list[str]:
        return ["\t".join(["GET", path(world), reader.host, cookie(reader), ""]) for reader in world.readers]

    return lines


def _lists(world: World) -> list[str]:
    """Every category and every search of every portal, in turn."""
    of_portals = {reader.host: reader for reader in world.readers}.values()
    paths = [
        *(f"/search/?q={words}" for words in SEARCHES),
        *(f"/categories/{slug}/" for _pk, slug in world.categories),
    ]
    return ["\t".join(["GET", path, reader.host, cookie(reader), ""]) for path in paths for reader in of_portals]


def _adds(world: World) -> list[str]:
    body = f"csrfmiddlewaretoken={CSRF_TOKEN}&quantity=1&product="
    return [
        "\t".join(["POST", "/cart/lines/", adder.host, cookie(adder), f"{body}{world.product()[0]}"])
        for adder in world.adders
    ]


def _orders(world: World) -> list[str]:
    lines = []
    for buyer in world.buyers:
        product, slug = world.product()
        path = f"/products/{product}/{slug}/"
        lines.append("\t".join([buyer.host, cookie(buyer), CSRF_TOKEN, str(product), ADDRESS, path]))
    return lines


def _floor(world: World) -> str:
    return f"/floor/{world.category()[0]}/"


def _category(world: World) -> str:
    return f"/categories/{world.category()[1]}/"


def _product(world: World) -> str:
    product, slug = world.product()
    return f"/products/{product}/{slug}/"


def _search(world: World) -> str:
    return f"/search/?q={world.dice.choice(SEARCHES)}"


def _narrowed(world: World) -> str:
    """Never kept: what lies behind each filter is counted with each visit."""
    return f"{_category(world)}?brand=Merk+{world.dice.randrange(40)}&price_from=20&stock=on"


def _misspelt(world: World) -> str:
    """Words with a typing error, of so many kinds that most were not searched for before."""
    return f"/search/?q={world.dice.choice(MISSPELT)}+{world.dice.choice(TRAITS.split())}"


def _cart(world: World) -> str:
    return "/cart/"


# What is visited before anything is measured, beside the pages themselves.
LISTS = Page("lists", _lists, budget=6)
FLOOR = Page("floor", _reads(_floor), budget=3)
PAGES = (
    Page("category", _reads(_category), budget=6),
    Page("product", _reads(_product), budget=7),
    Page("search", _reads(_search), budget=7),
    Page("add_to_cart", _adds, budget=8),
    Page("cart", _reads(_cart), budget=7),
    Page("order", _orders, budget=70, script="orders.lua", threads=4, requests=6),
)
# What is measured with more and more products.
GROWING = (
    Page("narrowed", _reads(_narrowed), budget=6),
    Page("product", _reads(_product), budget=7),
    Page("misspelt", _reads(_misspelt), budget=8),
    Page("add_to_cart", _adds, budget=8),
    Page("order", _orders, budget=70, script="orders.lua", threads=4, requests=6),
)
