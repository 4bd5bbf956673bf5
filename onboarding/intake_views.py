"""The company's pages of the intake, behind a signed link on the main host."""

import mimetypes
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from onboarding import acceptance, intake
from onboarding.acceptance import AcceptanceForm
from onboarding.company_form import CompanyForm
from onboarding.document_response import kept_document
from onboarding.intake_forms import ColleagueForm, LookForm
from onboarding.intake_models import Intake
from onboarding.link_models import Purpose
from onboarding.links import LinkRequest, link_required, page_of
from onboarding.look import contrast_of, sample_css
from onboarding.roster_check import Verdict, check_list, count_verdicts
from onboarding.roster_form import RosterForm
from portals.mail_domains import domains_of
from thuiswerk.lib.money import ZERO

ROWS_A_PAGE = 100
SAMPLE_CSP = {"default-src": ["'self'"], "img-src": ["'self'", "data:"], "frame-ancestors": ["'self'"]}
guarded = link_required(Purpose.INTAKE)


@guarded
def overview(request: LinkRequest) -> HttpResponse:
    """What is done and what is not; POST hands it all over."""
    taken = _intake(request)
    if request.method == "POST":
        try:
            intake.hand_over(taken, link=request.link, now=timezone.now())
        except intake.IntakeRefused as refusal:
            messages.error(request, str(refusal))
        return redirect(page_of(request.link, "onboarding:intake"))
    parts: list[dict[str, Any]] = [
        {"part": part, "is_done": is_done, "url": page_of(request.link, f"onboarding:intake_{part}")}
        for part, is_done in intake.parts_of(taken).items()
    ]
    done = sum(part["is_done"] for part in parts)
    context = {
        "parts": parts,
        "done": done,
        "all": len(parts),
        "entries": taken.entries.order_by("-made_at", "-pk")[:20],
        "colleague_form": ColleagueForm(),
        "colleague_url": page_of(request.link, "onboarding:intake_colleague"),
    }
    return _page(request, taken, "onboarding/intake.html", **context)


@guarded
def company(request: LinkRequest) -> HttpResponse:
    """The company's data: kept as typed, or done."""
    taken = _intake(request)
    if not taken.needs_company:
        raise Http404
    form = _company_form(request, taken)
    if request.method == "POST":
        is_done = "later" not in request.POST and form.is_valid()
        if is_done or "later" in request.POST:
            return _kept(
                request, intake.keep_company, taken, form.texts, is_done=is_done, link=request.link, now=timezone.now()
            )
    return _page(request, taken, "onboarding/intake_company.html", form=form)


@guarded
def people(request: LinkRequest) -> HttpResponse:
    """Hand over a list, look at it, and say that it is right."""
    taken = _intake(request)
    now = timezone.now()
    if request.method == "POST" and "confirm" in request.POST:
        return _kept(request, intake.confirm_people, taken, link=request.link, now=now)
    form = RosterForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            intake.keep_people(taken, form.rows, name=form.name, link=request.link, now=now)
        except intake.IntakeRefused as refusal:
            messages.error(request, str(refusal))
        return redirect(page_of(request.link, "onboarding:intake_people"))
    return _page(request, taken, "onboarding/intake_people.html", form=form, **_checked(request, taken))


@guarded
def look(request: LinkRequest) -> HttpResponse:
    """Colour and pictures, with how they look."""
    taken = _intake(request)
    is_unfinished = "later" in request.POST
    form = LookForm(request.POST or None, request.FILES or None, instance=taken, is_unfinished=is_unfinished)
    if form.is_valid():
        data = form.cleaned_data
        kept = Intake.objects.select_related("lead").get(pk=taken.pk)
        return _kept(
            request,
            intake.keep_look,
            kept,
            color=data["brand_color"],
            header_alt=data["header_alt"],
            logo=data["logo"],
            header=data["header"],
            is_done=not is_unfinished,
            link=request.link,
            now=timezone.now(),
            stays="onboarding:intake_look" if is_unfinished else "",
        )
    stored = Intake.objects.get(pk=taken.pk)
    sample = page_of(request.link, "onboarding:intake_sample")
    context = {"form": form, "stored": stored, "sample": sample, "contrast": contrast_of(stored)}
    return _page(request, taken, "onboarding/intake_look.html", **context)


@require_safe
@guarded
@xframe_options_sameorigin
@csp_override(SAMPLE_CSP)
def sample(request: LinkRequest) -> HttpResponse:
    """A page of the shop in the colours and with the pictures as they are kept now."""
    taken = _intake(request)
    names = {part: (getattr(taken, part).name or "").rpartition("/")[2] for part in ("logo", "header")}
    urls = {part: page_of(request.link, "onboarding:intake_picture", name=name) for part, name in names.items() if name}
    style = page_of(request.link, "onboarding:intake_style")
    context = {"intake": taken, "urls": urls, "style": f"{style}?{request.GET.urlencode()}"}
    return render(request, "onboarding/look_sample.html", context)


@require_safe
@guarded
def style(request: LinkRequest) -> HttpResponse:
    """The stylesheet of the sample: the brand colour, by night where `?dark`, twice as large where `?zoom`."""
    css = sample_css(_intake(request), is_dark="dark" in request.GET, is_zoomed="zoom" in request.GET)
    return HttpResponse(css, content_type="text/css; charset=utf-8")


@require_safe
@guarded
def picture(request: LinkRequest, name: str) -> HttpResponseBase:
    """The logo or the header picture as it was handed over."""
    file = _intake(request).pictures.get(name)
    if file is None or not file.storage.exists(str(file.name)):
        raise Http404
    return FileResponse(file.open("rb"), content_type=mimetypes.guess_type(name)[0])


@guarded
def documents(request: LinkRequest) -> HttpResponse:
    """Accept the terms and the processor agreement."""
    taken = _intake(request)
    lead, now = request.link.lead, timezone.now()
    offered = acceptance.documents_to_accept(lead)
    form = AcceptanceForm(request.POST or None, documents=offered, initial={"name": request.link.name})
    if form.is_valid():
        try:
            acceptance.accept(
                lead,
                name=form.cleaned_data["name"],
                role=form.cleaned_data["role"],
                email=request.link.email,
                hashes=form.hashes,
                now=now,
                language=lead.language,
            )
        except acceptance.AcceptanceRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(page_of(request.link, "onboarding:intake_documents"))
        return redirect(page_of(request.link, "onboarding:intake"))
    files = [(doc, page_of(request.link, "onboarding:intake_document", sha256=doc.sha256)) for doc in offered]
    context = {
        "form": form,
        "files": files,
        "accepted": lead.acceptances.order_by("accepted_at"),
        "missing": acceptance.missing(lead),
    }
    return _page(request, taken, "onboarding/intake_documents.html", **context)


@require_safe
@guarded
def document(request: LinkRequest, sha256: str) -> HttpResponse:
    """One of the documents, as it is accepted."""
    found = next((doc for doc in acceptance.documents_to_accept(request.link.lead) if doc.sha256 == sha256), None)
    if found is None:
        raise Http404
    return kept_document(found)


@require_POST
@guarded
def colleague(request: LinkRequest) -> HttpResponse:
    """Mail a colleague a link of the own."""
    form = ColleagueForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Fill in the name and the work e-mail of your colleague."))
        return redirect(page_of(request.link, "onboarding:intake"))
    try:
        intake.invite_colleague(_intake(request), **form.cleaned_data, link=request.link, now=timezone.now())
    except intake.IntakeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s gets a mail with a link.") % {"name": form.cleaned_data["name"]})
    return redirect(page_of(request.link, "onboarding:intake"))


def _intake(request: LinkRequest) -> Intake:
    return intake.intake_of(request.link.lead, now=timezone.now())


def _company_form(request: LinkRequest, taken: Intake) -> CompanyForm:
    if request.method == "POST":
        return CompanyForm(request.POST)
    lead = request.link.lead
    known = {
        "name": lead.company_name,
        "legal_name": lead.company_name,
        "country": lead.country,
        ("enterprise_number" if lead.country == "BE" else "kvk_number"): lead.register_number,
        "hr_name": lead.contact_name,
        "hr_email": lead.email,
        "hr_phone": lead.phone,
        "language": lead.language,
    }
    return CompanyForm(taken.company) if taken.company else CompanyForm(initial=known)


def _checked(request: LinkRequest, taken: Intake) -> dict[str, Any]:
    """The list as it was handed over, what needs attention first."""
    rows = check_list(intake.rows_of(taken), amount=ZERO, domains=domains_of(taken.company.get("mail_domains", "")))
    counts = count_verdicts(rows)
    order = [Verdict.WRONG, Verdict.DOUBLE, Verdict.NEW]
    rows.sort(key=lambda row: (order.index(row.verdict), not row.warnings))
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "counts": counts, "amounts": sum(1 for row in rows if row.row.amount is not None)}


def _kept(request: LinkRequest, keep: Any, taken: Intake, *args: Any, stays: str = "", **kwargs: Any) -> HttpResponse:
    """Keep, and go back to the overview, or say why not."""
    try:
        keep(taken, *args, **kwargs)
    except intake.IntakeRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(request.path)
    messages.success(request, _("Kept. You can come back by the same link."))
    return redirect(page_of(request.link, stays or "onboarding:intake"))


def _page(request: LinkRequest, taken: Intake, template: str, **context: Any) -> HttpResponse:
    shared = {
        "intake": taken,
        "lead": request.link.lead,
        "link": request.link,
        "overview_url": page_of(request.link, "onboarding:intake"),
        "is_handed_over": taken.submitted_at is not None,
    }
    return render(request, template, shared | context)
