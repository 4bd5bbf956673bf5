"""A company's request for a portal: the lead, every form that was sent for it, its steps and its notes."""

import datetime as dt

import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.models.triggers import frozen
from catalog.models import Category
from portals.models import Company


class Stage(models.TextChoices):
    """How far a lead is on its way; the ways from one to the next are in `onboarding.pipeline`."""

    NEW = "new", _("new")
    TO_CALL = "to_call", _("to call")
    CALLED = "called", _("called")
    CALL_PLANNED = "call_planned", _("call planned")
    CALL_HELD = "call_held", _("call held")
    OFFER_SENT = "offer_sent", _("offer pack sent")
    AGREED = "agreed", _("agreed")
    DATA_RECEIVED = "data_received", _("data received")
    IN_BUILD = "in_build", _("in build")
    COMPANY_CHECK = "company_check", _("company check")
    APPROVED = "approved", _("approved")
    LIVE = "live", _("live")
    LOST = "lost", _("lost")


ENDED = frozenset({Stage.LIVE, Stage.LOST})
URGENCY = (F("next_action_on").asc(nulls_last=True), "created_at", "pk")


class LostReason(models.TextChoices):
    """Why a company did not go on."""

    NO_ANSWER = "no_answer", _("cannot be reached")
    BUDGET = "budget", _("no budget")
    OTHER_SUPPLIER = "other_supplier", _("chose another supplier")
    LATER = "later", _("wants it later")
    NOT_SERIOUS = "not_serious", _("no real request")
    OTHER = "other", _("something else")


class LeadQuerySet(models.QuerySet["Lead"]):
    def open(self) -> "LeadQuerySet":
        """Those that are neither live nor lost."""
        return self.exclude(stage__in=ENDED)

    def by_urgency(self) -> "LeadQuerySet":
        """Overdue next actions first, then those to come, then those without, the oldest first."""
        return self.order_by(*URGENCY)


class Lead(models.Model):
    """A company that asked for a portal, from its first form until its portal is live or it is lost.

    `company` is an existing customer that was recognised, or the one that was made with the portal. `email` is the
    contact's, in lower case; `budget` is euro per employee; `starts_on` is a wish.
    """

    company_name = models.CharField(_("company"), max_length=120)
    contact_name = models.CharField(_("contact"), max_length=120)
    contact_role = models.CharField(_("job title"), max_length=80, blank=True)
    email = models.EmailField(_("e-mail"), max_length=254)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    country = models.CharField(
        _("country"), max_length=2, default="NL", choices=[("NL", _("Netherlands")), ("BE", _("Belgium"))]
    )
    language = models.CharField(
        _("language"), max_length=5, default="nl", choices=[("nl", "Nederlands"), ("en", "English")]
    )
    register_number = models.CharField(_("KvK or enterprise number"), max_length=10, blank=True)
    customer_number = models.CharField(_("customer number"), max_length=20, blank=True)
    employees = models.PositiveIntegerField(_("number of employees"), null=True, blank=True)
    budget = models.DecimalField(
        _("budget per employee"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    categories = models.ManyToManyField(Category, verbose_name=_("categories"), blank=True, related_name="+")
    starts_on = models.DateField(_("wished first day"), null=True, blank=True)
    wishes = models.TextField(_("wishes"), max_length=2000, blank=True)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, null=True, blank=True, related_name="leads", verbose_name=_("customer")
    )
    stage = models.CharField(_("stage"), max_length=14, choices=Stage, default=Stage.NEW, editable=False)
    stage_since = models.DateTimeField(_("in this stage since"), default=timezone.now, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("coordinator"),
    )
    next_action = models.CharField(_("next action"), max_length=160, blank=True)
    next_action_on = models.DateField(_("on"), null=True, blank=True)
    lost_reason = models.CharField(_("reason"), max_length=20, choices=LostReason, blank=True, editable=False)
    first_contact_at = models.DateTimeField(_("first contact"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("asked at"), default=timezone.now, editable=False)
    forgotten_at = models.DateTimeField(_("data deleted at"), null=True, blank=True, editable=False)

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=["stage", "next_action_on"], name="lead_stage_action"),)
        constraints = (
            models.CheckConstraint(condition=~Q(stage="lost") | ~Q(lost_reason=""), name="lead_is_lost_for_a_reason"),
        )

    def __str__(self) -> str:
        return self.company_name

    @property
    def is_open(self) -> bool:
        """Whether there is still a portal to come of it."""
        return self.stage not in ENDED

    def is_overdue(self, today: dt.date) -> bool:
        """Whether the next action should have been done before `today`."""
        return self.is_open and self.next_action_on is not None and self.next_action_on < today


class SignUp(models.Model):
    """A sign-up form as it was sent. A second one of the same company joins its open lead."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="sign_ups", verbose_name=_("lead"))
    token = models.UUIDField(unique=True, help_text="Of the form: one form makes one.")
    data = models.JSONField(help_text="What was filled in, as text.")
    consent = models.TextField(_("consent"), help_text="The sentence that was agreed to.")
    sent_at = models.DateTimeField(_("sent at"))

    class Meta:
        verbose_name = _("sign-up form")
        verbose_name_plural = _("sign-up forms")
        ordering = ("sent_at", "pk")

    def __str__(self) -> str:
        return f"{self.lead} {self.sent_at:%Y-%m-%d}"

    @property
    def shown(self) -> list[tuple[str, str]]:
        """What was filled in, each with the name of its field."""
        fields = (*Lead._meta.fields, *Lead._meta.many_to_many)
        return [(str(field.verbose_name), self.data[field.name]) for field in fields if field.name in self.data]


class LeadStep(models.Model):
    """One transition of a lead. `by` names somebody of the company where no colleague did it."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="steps", verbose_name=_("lead"))
    from_stage = models.CharField(_("from"), max_length=14, choices=Stage, blank=True)
    to_stage = models.CharField(_("to"), max_length=14, choices=Stage)
    made_at = models.DateTimeField(_("time"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("colleague")
    )
    by = models.CharField(_("by"), max_length=150, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("step of a lead")
        verbose_name_plural = _("steps of leads")
        ordering = ("made_at", "pk")
        triggers = (pgtrigger.Protect(name="append_only", operation=pgtrigger.Update),)

    def __str__(self) -> str:
        return f"{self.from_stage} → {self.to_stage}"

    @property
    def who(self) -> str:
        """The colleague, the person at the company, or nobody: the system."""
        return self.actor.get_full_name() if self.actor else self.by


class LeadNote(models.Model):
    """What a colleague wrote down about a lead."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="notes", verbose_name=_("lead"))
    text = models.TextField(_("note"), max_length=4000)
    written_at = models.DateTimeField(_("time"), default=timezone.now)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("colleague")
    )

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("-written_at", "-pk")
        triggers = (frozen("append_only"),)

    def __str__(self) -> str:
        return self.text[:60]


class Coordinator(models.Model):
    """A colleague who leads requests to live portals: whether new ones come to them, and where they talk by video."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="coordinator", verbose_name=_("colleague")
    )
    takes_leads = models.BooleanField(_("gets new leads"), default=True)
    last_lead_at = models.DateTimeField(_("last lead at"), null=True, blank=True, editable=False)
    phone = models.CharField(_("telephone"), max_length=20, blank=True)
    video_link = models.URLField(_("address of the video call"), max_length=300, blank=True)
    scheduler_link = models.URLField(
        _("own booking page"),
        max_length=300,
        blank=True,
        help_text=_("Of an outside scheduler: stands in the place of our booking page."),
    )

    class Meta:
        verbose_name = _("coordinator")
        verbose_name_plural = _("coordinators")
        ordering = ("user__name", "user__email")

    def __str__(self) -> str:
        return self.user.get_full_name()
