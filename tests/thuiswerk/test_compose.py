"""The files of a deployment agree with each other, with the settings and with bin/setup.

No image is built here: what can be wrong without building one is read from the files.
"""

import re
import shlex
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings
from django.urls import resolve

from thuiswerk.demo import WEB
from thuiswerk.env import names, read

ROOT = settings.BASE_DIR
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
SETUP = (ROOT / "bin/setup").read_text().replace("\\\n", " ")
CADDYFILE = (ROOT / "Caddyfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}


def defaults(service: dict[str, Any]) -> dict[str, str]:
    """The environment of a service where nothing is set outside: what stands behind `:-`."""
    return {
        name: re.sub(r"\$\{\w+:(?:-(?P<default>[^}]*)|\?[^}]*)\}", lambda found: found["default"] or "", value)
        for name, value in service["environment"].items()
    }


def hosts_in(value: str) -> set[str]:
    """The host of every address of the form scheme://host/."""
    return {host for word in value.split() if "://" in word and (host := urlsplit(word).hostname)}


def test_our_services_are_those_of_the_procfile_with_the_same_commands():
    procfile = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())

    assert {name: service["command"] for name, service in OURS.items()} == procfile


def test_demo_and_bench_serve_with_the_flags_of_production():
    flags = shlex.split(OURS["web"]["command"])

    assert [word for word in flags if word in WEB] == list(WEB)


def test_every_variable_of_our_services_is_read_by_the_settings():
    for service in OURS.values():
        assert set(service["environment"]) - set(names()) == set()
        assert service["env_file"] == ".env"


def test_substituted_variables_stand_in_the_example():
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))

    assert used - set(names()) == set()


def test_environment_is_production_behind_one_proxy_without_demo():
    for service in OURS.values():
        environment = read(defaults(service))

        assert (environment.debug, environment.demo, environment.payment_provider) == (False, False, "")
        assert (environment.use_https, environment.trusted_proxies) == (True, 1)
        assert environment.email_url.startswith("smtp://")


def test_every_host_that_is_named_is_a_service_and_every_service_is_named():
    addressed = {host for service in OURS.values() for value in defaults(service).values() for host in hosts_in(value)}
    proxied = hosts_in(CADDYFILE.replace("ask ", "")) | set(re.findall(r"reverse_proxy (\w+):\d+", CADDYFILE))
    awaited = {name for service in SERVICES.values() for name in service.get("depends_on", {})}

    assert addressed == {"postgres", "redis", "mail"}
    assert proxied == {"web"}
    assert awaited == {"postgres", "redis", "mail", "release", "web"}
    assert set(SERVICES) - addressed - proxied - awaited == {"caddy", "worker", "beat"}


def test_what_is_awaited_can_become_ready():
    for service in SERVICES.values():
        for name, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
            else:
                assert (how["condition"], SERVICES[name]["restart"]) == ("service_completed_successfully", "no")


def test_database_of_the_address_is_the_one_that_is_made():
    made = SERVICES["postgres"]["environment"]
    address = urlsplit(defaults(SERVICES["web"])["DATABASE_URL"])

    assert (address.username, address.password) == (made["POSTGRES_USER"], made["POSTGRES_PASSWORD"])
    assert address.path == f"/{made['POSTGRES_DB']}"


def test_volumes_are_declared_and_used():
    mounted = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}

    assert {name for name in mounted if not name.startswith(".")} == set(COMPOSE["volumes"])
    assert all((ROOT / name).exists() for name in mounted if name.startswith("."))


def test_only_caddy_is_reachable_from_outside():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert set(published) == {"caddy", "mail"}
    assert all(port.startswith("127.0.0.1:") for port in published["mail"])


def test_uploads_go_to_the_volume_and_static_files_stay_in_the_image():
    (folder,) = [volume.partition(":")[2] for volume in SERVICES["web"]["volumes"]]

    assert folder == f"{SERVICES['web']['environment']['DATA_DIR']}/{settings.MEDIA_ROOT.name}"
    assert f"DATA_DIR={SERVICES['web']['environment']['DATA_DIR']}" in DOCKERFILE


@pytest.mark.parametrize("path", ["/tls-ask", "/readyz"])
def test_addresses_that_the_files_ask_for_exist(path: str):
    assert path in CADDYFILE + str(SERVICES["web"]["healthcheck"])
    assert resolve(path, settings.ROOT_URLCONF)


def test_caddy_hides_the_question_about_certificates():
    assert re.search(r"@internal path /tls-ask\n\s+respond @internal 404\n", CADDYFILE)


def test_image_is_built_in_two_stages_by_bin_setup_and_not_run_as_root():
    stages = re.split(r"^FROM ", DOCKERFILE, flags=re.MULTILINE)[1:]
    bases = [stage.split()[0] for stage in stages]
    version = (ROOT / ".python-version").read_text().strip()

    assert len(stages) == 2
    assert bases[0] == bases[1] == f"python:{version}-slim-trixie"
    assert "\nRUN bin/setup\n" in stages[0]
    assert re.search(r"^USER thuiswerk$", stages[1], flags=re.MULTILINE)


def test_image_holds_what_bin_setup_reads():
    locks = set(re.findall(r"requirements[\w-]*\.txt", SETUP.partition('case "${1:-}"')[0]))
    copied = {word for line in re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE) for word in line.split()}

    assert copied - {"."} == locks | {"bin/setup"}


def test_image_has_the_system_libraries_of_bin_setup():
    (installed,) = re.findall(r"apt-get install -y --no-install-recommends ([^&]+)", DOCKERFILE)
    (needed,) = re.findall(r"debian (libpango.+)", SETUP)

    assert shlex.split(installed) == shlex.split(needed)


def test_image_collects_static_files():
    assert "python manage.py collectstatic --no-input" in DOCKERFILE


def test_build_context_holds_the_program_and_nothing_else():
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    apps = {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()}

    assert all((ROOT / name).exists() for name in allowed)
    assert apps | {"thuiswerk", "templates", "static", "locale", "manage.py", "bin/setup"} <= allowed
    assert not {".env", ".git", "tests", "var"} & allowed
