"""The time and the memory of a product feed: imported by the command at first, and once more with nothing changed."""

import os
import subprocess
import sys
import time
from pathlib import Path
from xml.sax.saxutils import escape

from stdnum import ean

from bench.world import PRODUCT_WORDS, TRAITS

ROOT = Path(__file__).resolve().parent.parent
ROWS = 100_000
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n'
ITEM = """<item><g:id>FEED-{n}</g:id><title>{name}</title><link>https://shop.example/p/{n}</link>
<description>{text}</description><g:image_link>https://images.example/{n}.jpg</g:image_link>
<g:additional_image_link>https://images.example/{n}-2.jpg</g:additional_image_link>
<g:price>{price}.95 EUR</g:price><g:availability>in_stock</g:availability><g:brand>Merk {brand}</g:brand>
<g:gtin>{gtin}</g:gtin><g:product_type>Feed {top} &gt; Groep {leaf}</g:product_type>
<g:energy_efficiency_class>{energy}</g:energy_efficiency_class></item>
"""


class WrongImport(Exception):
    """The import did not do what it should."""


def feed_figures(folder: Path) -> None:
    """Print what importing a feed takes, each time by a process of its own so that its memory is that of the import."""
    path = folder / "feed.xml"
    write_feed(path, ROWS)
    try:
        for name, expected in (
            ("feed", f"{ROWS} new, 0 changed, 0 same"),
            ("feed again", f"0 new, 0 changed, {ROWS} same"),
        ):
            seconds, megabytes = _import(path, expected)
            print(f"{name:<24}{seconds:>8.0f} s{megabytes:>8.0f} MB", flush=True)
    finally:
        path.unlink()


def write_feed(path: Path, rows: int) -> None:
    """A feed as a shop sends it, of `rows` products with a text of some 400 characters."""
    with path.open("w") as file:
        file.write(HEAD)
        file.writelines(_item(number) for number in range(rows))
        file.write("</channel></rss>\n")


def _item(n: int) -> str:
    words, traits = PRODUCT_WORDS.split(), TRAITS.split()
    word, trait, digits = words[n % 10], traits[n // 10 % 10], f"20{n:010d}"
    text = f"Een {trait} {word.lower()} voor een fijne werkplek thuis, met {n % 7} jaar garantie. " * 5
    return ITEM.format(
        n=n,
        name=f"{word} {trait} {n}",
        text=escape(f"<p>{text}</p>"),
        price=9 + n % 900,
        brand=n % 40,
        gtin=digits + ean.calc_check_digit(digits),
        top=n % 12,
        leaf=n % 60,
        energy="ABCDEFG"[n % 7],
    )


def _import(path: Path, expected: str) -> tuple[float, float]:
    """The seconds and the peak of the memory in MB. Refuses (WrongImport) another result than `expected`."""
    started = time.monotonic()
    command = [sys.executable, "manage.py", "import_feed", str(path), "--full"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        told = process.stdout.read() if process.stdout else ""
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or not told.startswith(expected):
        raise WrongImport(told)
    return time.monotonic() - started, usage.ru_maxrss / 1024
