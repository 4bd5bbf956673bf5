"""Forms of questions to customer service and of the answers."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from orders.conversation import LONGEST
from orders.models import Order
from portals.models import Membership

FEW = 50


class MessageForm(forms.Form):
    """A message, with the token that makes one page send one."""

    text = forms.CharField(
        label=gettext_lazy("Your message"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6})
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    field_order = ("order", "subject", "text")


class OrderChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An order by the number that an employee knows it by."""

    def label_from_instance(self, order: Any) -> str:
        return str(order.number)


class QuestionForm(MessageForm):
    """A question of `membership`, about one of its orders or about something else."""

    order = OrderChoice(
        label=gettext_lazy("Order"),
        queryset=Order.objects.none(),
        to_field_name="number",
        required=False,
        empty_label=gettext_lazy("About something else"),
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=120)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["order"].queryset = membership.orders.all()  # type: ignore[attr-defined]


class AnswerForm(forms.ModelForm):  # type: ignore[type-arg]
    """What customer service writes below a thread in the back office."""

    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
        help_text=gettext_lazy("Is mailed to the employee, and stands on the page of the question and of its order."),
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
