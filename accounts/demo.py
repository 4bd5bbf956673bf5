"""The mails of a demo, so that a code can be read without a mail server. Every page is 404 outside a demo."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override

from accounts import outbox
from accounts.models import Mail

PER_PAGE = 25
# A mail brings its own inline styles and nothing else: no script, no picture from elsewhere, no form.
MAIL_CSP = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-popups"],
}

View = Callable[..., HttpResponse]


def demo_only(view: View) -> View:
    """404 unless this installation is a demo."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return never_cache(guarded)


@demo_only
def mail_list(request: HttpRequest) -> HttpResponse:
    """The mails, the newest first; `?to=` shows those to one address."""
    to = request.GET.get("to", "").replace("\0", "").strip().lower()
    mails = Mail.objects.exclude(to=outbox.NOBODY).defer("text", "html")
    paginator = Paginator(mails.filter(to__icontains=to) if to else mails, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {"page": page, "pages": paginator.get_elided_page_range(page.number), "to": to}
    return render(request, "accounts/demo_mail_list.html", context)


@demo_only
def mail_show(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail as its reader sees it, with its text and its files."""
    mail = get_object_or_404(Mail.objects.exclude(to=outbox.NOBODY), pk=pk)
    return render(request, "accounts/demo_mail_show.html", {"mail": mail, "files": mail.files.defer("content")})


@demo_only
@xframe_options_sameorigin
@csp_override(MAIL_CSP)
def mail_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The HTML of one mail, for the frame of `mail_show`."""
    return HttpResponse(get_object_or_404(Mail.objects.exclude(to=outbox.NOBODY), pk=pk).html)


@demo_only
def mail_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """A file of a mail, as a download."""
    mail = get_object_or_404(Mail.objects.exclude(to=outbox.NOBODY), pk=pk)
    file = get_object_or_404(mail.files.all(), pk=file_pk)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(bytes(file.content), content_type=file.mime_type, headers=headers)
