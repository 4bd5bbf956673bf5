"""The time and the memory of a product feed: read and imported at first, and once more with nothing changed."""

import datetime as dt
import resource
import subprocess
import sys
import time
from pathlib import Path
from xml.sax.saxutils import escape

ROWS = 100_000
WORDS = [
    "Bureaustoel",
    "Bureau",
    "Monitorarm",
    "Toetsenbord",
    "Bureaulamp",
    "Voetensteun",
    "Headset",
    "Webcam",
    "Laptopstandaard",
    "Zitkussen",
]
TRAITS = [
    "ergonomisch",
    "verstelbaar",
    "draadloos",
    "compact",
    "duurzaam",
    "opvouwbaar",
    "geluiddempend",
    "eiken",
    "zwart",
    "wit",
]
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n'
ITEM = """<item><g:id>FEED-{n}</g:id><title>{name}</title><link>https://shop.example/p/{n}</link>
<description>{text}</description><g:image_link>https://images.example/{n}.jpg</g:image_link>
<g:additional_image_link>https://images.example/{n}-2.jpg</g:additional_image_link>
<g:price>{price} EUR</g:price><g:availability>in_stock</g:availability><g:brand>Merk {brand}</g:brand>
<g:gtin>{gtin}</g:gtin><g:product_type>Afdeling {top} &gt; Groep {leaf}</g:product_type>
<g:energy_efficiency_class>{energy}</g:energy_efficiency_class></item>
"""


def write_feed(path: Path, rows: int = ROWS) -> None:
    """A feed as a shop sends it, of `rows` products with a text of some 400 characters."""
    with path.open("w") as file:
        file.write(HEAD)
        for n in range(rows):
            word, trait = WORDS[n % 10], TRAITS[n // 10 % 10]
            text = f"Een {trait} {word.lower()} voor een fijne werkplek thuis, met {n % 7} jaar garantie. " * 5
            file.write(
                ITEM.format(
                    **{"n": n, "name": f"{word} {trait} {n}", "text": escape(f"<p>{text}</p>"), "brand": n % 40},
                    **{"price": f"{9 + n % 900}.95", "gtin": _ean(n), "top": n % 12, "leaf": n % 60},
                    energy="ABCDEFG"[n % 7],
                )
            )
        file.write("</channel></rss>\n")


def feed_figures(folder: Path) -> None:
    """Print what importing the feed takes, in a process of its own so that its memory is that of the import."""
    path = folder / "feed.xml"
    write_feed(path)
    for name in ("feed, 100,000 new rows", "feed, the same again"):
        output = subprocess.run([sys.executable, "-m", "bench.feed", str(path)], check=True, capture_output=True)
        print(f"{name:<24}{output.stdout.decode().strip()}", flush=True)
    path.unlink()


def _ean(number: int) -> str:
    digits = f"20{number:010d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _import(path: str) -> None:
    from catalog.feed_import import import_feed

    started = time.monotonic()
    with Path(path).open("rb") as file:
        report = import_feed(file, is_full=True, now=dt.datetime.now(dt.UTC))
    if report.refused or report.new + report.changed + report.same != ROWS:
        sys.exit(f"wrong report: {report}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{time.monotonic() - started:>8.0f} s{memory:>8.0f} MB")


if __name__ == "__main__":
    import django

    django.setup()
    _import(sys.argv[1])
