"""Pages of an employee's questions to customer service; they outlive the shop."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orders.question_forms import MessageForm, QuestionForm
from orders.questions import TooManyMessages, ask, reply
from portals.http import PortalRequest, member_required

MOST_SHOWN = 50


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def question_list(request: PortalRequest) -> HttpResponse:
    """The employee's questions, newest first, and the form for another one."""
    form = QuestionForm(
        request.POST or None, membership=request.membership, initial={"order": request.GET.get("order", "")}
    )
    if form.is_valid():
        try:
            question = ask(request.membership, **form.cleaned_data, now=timezone.now())
        except TooManyMessages:
            _say_too_many(form)
        else:
            messages.success(request, _("Your question is with customer service. The answer comes by mail too."))
            return redirect("orders:question_show", question.pk)
    context = {
        "form": form,
        "questions": list(request.membership.questions.select_related("order")[:MOST_SHOWN]),
        "trail": [(_("Help"), reverse("orders:help_show")), (_("Ask a question"), "")],
    }
    return render(request, "help/question_list.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def question_show(request: PortalRequest, pk: int) -> HttpResponse:
    """A question with all that was written under it, and the form to write on."""
    question = get_object_or_404(request.membership.questions.select_related("order"), pk=pk)
    form = MessageForm(request.POST or None)
    if form.is_valid():
        try:
            reply(question, **form.cleaned_data, now=timezone.now())
        except TooManyMessages:
            _say_too_many(form)
        else:
            messages.success(request, _("Your message is with customer service."))
            return redirect("orders:question_show", question.pk)
    trail = [(_("Help"), reverse("orders:help_show")), (_("Questions"), reverse("orders:question_list"))]
    context = {
        "question": question,
        "thread": list(question.messages.all()),
        "form": form,
        "trail": [*trail, (question.subject, "")],
    }
    return render(request, "help/question.html", context)


def _say_too_many(form: MessageForm) -> None:
    form.add_error(None, _("You have written a lot in the last hour. Try again later, or call us."))
