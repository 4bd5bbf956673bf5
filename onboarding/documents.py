"""Texts of documents: their fixed placeholders, their small markup, and the PDF that is made of them.

- `{company}` and the other names of `PLACEHOLDERS` are replaced literally and once: there is no template language, and
  braces inside a value stay what they are.
- A line that begins with `# ` or `## ` is a heading, lines with `- ` are a list, an empty line ends a paragraph. The
  text is read before anything is filled in, so a value cannot become a heading; the template escapes all of it.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.dateformat import format as in_words
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from billing.documents import render_pdf
from onboarding.call_notes import lead_figures
from onboarding.models import DocumentVersion, Lead
from thuiswerk.lib.money import euro
from thuiswerk.lib.periods import add_months, amsterdam_date

TEMPLATE = "onboarding/agreement.html"
PLACEHOLDERS = {
    "company": gettext_lazy("the name of the company"),
    "contact": gettext_lazy("the contact at the company"),
    "employees": gettext_lazy("the number of employees"),
    "budget": gettext_lazy("the budget per employee"),
    "most": gettext_lazy("what the invoices come to at most: employees times budget"),
    "months": gettext_lazy("how long the shop is open, as in “3 months”"),
    "period": gettext_lazy("the first and the last day, as far as they are known"),
    "categories": gettext_lazy("the chosen categories"),
    "date": gettext_lazy("the day on which the document is made"),
    "operator": gettext_lazy("our name"),
    "operator_address": gettext_lazy("our address on one line"),
    "operator_kvk": gettext_lazy("our KvK number"),
    "operator_email": gettext_lazy("our e-mail address"),
    "operator_phone": gettext_lazy("our telephone number"),
    "coordinator": gettext_lazy("the coordinator of the lead"),
}
PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
EMPTY = "–"


class UnknownPlaceholder(Exception):
    """The text holds a placeholder that we do not know. Its text is for the administrator."""


class NotPublished(Exception):
    """There is no published version of a document in a language. Its text is for the coordinator."""

    def __init__(self, kind: str, language: str) -> None:
        self.kind = kind
        label = dict(DocumentVersion._meta.get_field("kind").flatchoices)[kind]
        text = _("There is no published version of “%(document)s” in the language %(language)s.")
        super().__init__(text % {"document": label, "language": language})


class PublishedAlready(Exception):
    """The version is published, and stays as it is."""


@dataclass
class Block:
    """A heading, a paragraph or a list, as it is read: the template decides what it looks like."""

    kind: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def check_text(text: str) -> None:
    """Refuses UnknownPlaceholder."""
    unknown = dict.fromkeys(name for name in PLACEHOLDER.findall(text) if name not in PLACEHOLDERS)
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in unknown)
        raise UnknownPlaceholder(_("These placeholders do not exist: %(names)s.") % {"names": names})


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its placeholders replaced, each once; what is no placeholder of ours stays as it stands."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def read_blocks(text: str) -> list[Block]:
    """The text by its markup."""
    blocks: list[Block] = []
    before = ""
    for line in text.splitlines():
        mark, rest = _mark_of(line.strip())
        if mark and mark == before and mark in ("list", "paragraph"):
            blocks[-1].lines.append(rest)
        elif mark:
            blocks.append(Block(mark, [rest]))
        before = mark
    return blocks


def filled_blocks(text: str, values: Mapping[str, str]) -> list[Block]:
    """The blocks of a text, each filled in after it was read."""
    return [Block(block.kind, [fill(line, values) for line in block.lines]) for block in read_blocks(text)]


def values_of(lead: Lead, *, now: dt.datetime, language: str) -> dict[str, str]:
    """What the placeholders stand for in the documents of this lead, in `language`."""
    figures, operator = lead_figures(lead), settings.OPERATOR
    with translation.override(language):
        most = figures.budget * figures.employees if figures.budget and figures.employees else None
        known = {
            "company": lead.company_name,
            "contact": lead.contact_name,
            "employees": str(figures.employees or ""),
            "budget": euro(figures.budget) if figures.budget else "",
            "most": euro(most) if most else "",
            "months": ngettext("%(n)d month", "%(n)d months", figures.months) % {"n": figures.months},
            "period": _period(figures.starts_on, figures.months),
            "categories": ", ".join(category.name for category in figures.categories),
            "date": in_words(amsterdam_date(now), "j F Y"),
            "operator": operator["name"],
            "operator_address": ", ".join(operator["address"].splitlines()),
            "operator_kvk": operator["kvk_number"],
            "operator_email": operator["email"],
            "operator_phone": operator["phone"],
            "coordinator": lead.owner.get_full_name() if lead.owner else operator["name"],
        }
    return {name: value or EMPTY for name, value in known.items()}


def sample_values(*, now: dt.datetime, language: str) -> dict[str, str]:
    """What stands in the preview of a version, where there is no lead: the name of each placeholder, but for ours."""
    nobody = Lead(language=language)
    ours = {name for name in PLACEHOLDERS if name.startswith("operator")} | {"date"}
    values = values_of(nobody, now=now, language=language)
    return {name: value if name in ours else f"[{name}]" for name, value in values.items()}


def version_pdf(version: DocumentVersion, values: Mapping[str, str], *, now: dt.datetime) -> bytes:
    """The PDF of a version, filled in; the same values on the same day give the same bytes."""
    context = {
        "version": version,
        "title": fill(version.title, values),
        "blocks": filled_blocks(version.body, values),
        "made_on": amsterdam_date(now),
        "seller": settings.OPERATOR,
        "company": values["company"],
    }
    return render_pdf(TEMPLATE, context, language=version.language)


def current_version(kind: str, language: str) -> DocumentVersion:
    """The version that holds now. Refuses NotPublished."""
    version = DocumentVersion.objects.current(kind, language)
    if version is None:
        raise NotPublished(kind, language)
    return version


@transaction.atomic
def begin_version(version: DocumentVersion, *, now: dt.datetime) -> DocumentVersion:
    """The draft that follows the versions of the same document: the one that is there, else a copy of `version`."""
    same = DocumentVersion.objects.filter(kind=version.kind, language=version.language).order_by("-number")
    last = same.select_for_update()[0]
    if not last.is_published:
        return last
    return DocumentVersion.objects.create(
        kind=version.kind,
        language=version.language,
        number=last.number + 1,
        title=version.title,
        body=version.body,
        made_at=now,
    )


@transaction.atomic
def publish(version: DocumentVersion, *, now: dt.datetime, actor: User) -> None:
    """Let a draft hold from now on, as it stands. Refuses PublishedAlready, UnknownPlaceholder."""
    version.refresh_from_db(from_queryset=DocumentVersion.objects.select_for_update(of=("self",)))
    if version.is_published:
        raise PublishedAlready(_("This version is published already."))
    check_text(f"{version.title}\n{version.body}")
    version.published_at, version.published_by = now, actor
    version.save(update_fields=["published_at", "published_by"])


def _mark_of(line: str) -> tuple[str, str]:
    for begin, kind in (("# ", "title"), ("## ", "heading"), ("- ", "list")):
        if line.startswith(begin):
            return kind, line.removeprefix(begin).strip()
    return ("paragraph" if line else ""), line


def _period(starts_on: dt.date | None, months: int) -> str:
    if starts_on is None:
        return _("from a day that we agree on")
    days: dict[str, Any] = {
        "first": in_words(starts_on, "j F Y"),
        "last": in_words(add_months(starts_on, months), "j F Y"),
    }
    return _("%(first)s to %(last)s") % days
