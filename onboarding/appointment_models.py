"""When a coordinator talks to companies: the hours of a week, the days on which they differ, and the calls."""

import datetime as dt
import uuid

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from onboarding.lead_models import Coordinator, Lead


class HoursKind(models.TextChoices):
    """How a day differs from the hours of the week."""

    CLOSED = "closed", _("not available")
    OPEN = "open", _("available as well")


class WorkingHours(models.Model):
    """From when until when a coordinator can be booked on a day of the week, in Amsterdam. Several a day are fine."""

    coordinator = models.ForeignKey(
        Coordinator, on_delete=models.CASCADE, related_name="hours", verbose_name=_("coordinator")
    )
    weekday = models.PositiveSmallIntegerField(_("day"), choices=list(WEEKDAYS.items()))
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))

    class Meta:
        verbose_name = _("hours of the week")
        verbose_name_plural = _("hours of the week")
        ordering = ("weekday", "starts")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="hours_end_after_their_start",
                violation_error_message=_("The end is not after the start."),
            ),
            models.UniqueConstraint("coordinator", "weekday", "starts", name="hours_of_a_day_start_once"),
        )

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}-{self.ends:%H:%M}"


class HoursException(models.Model):
    """A day on which a coordinator is away, wholly or for some hours, or can be booked at other hours as well.

    Public holidays are known; who works on one after all says so here.
    """

    coordinator = models.ForeignKey(
        Coordinator, on_delete=models.CASCADE, related_name="hours_exceptions", verbose_name=_("coordinator")
    )
    date = models.DateField(_("day"))
    kind = models.CharField(_("what"), max_length=6, choices=HoursKind, default=HoursKind.CLOSED)
    starts = models.TimeField(_("from"), null=True, blank=True)
    ends = models.TimeField(_("until"), null=True, blank=True, help_text=_("Without times: the whole day."))

    class Meta:
        verbose_name = _("exception to the hours")
        verbose_name_plural = _("exceptions to the hours")
        ordering = ("date", "starts")
        constraints = (
            models.CheckConstraint(
                condition=Q(starts=None, ends=None, kind=HoursKind.CLOSED)
                | Q(starts__isnull=False, ends__isnull=False, ends__gt=F("starts")),
                name="exception_is_a_day_or_has_both_times",
                violation_error_message=_("Fill in both times, or none for a whole day off."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.date} {self.get_kind_display()}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def standing(self) -> "AppointmentQuerySet":
        """Those that were not cancelled."""
        return self.filter(cancelled_at=None)

    def to_come(self, now: dt.datetime) -> "AppointmentQuerySet":
        """Those that stand and are not over at `now`, the next one first."""
        return self.standing().filter(ends_at__gt=now).order_by("starts_at", "pk")


class Appointment(models.Model):
    """A call of a coordinator with a company. It is moved in place: the same `uid`, a higher `sequence`.

    `name` and `email` are of the person at the company; `time_zone` is theirs. `made_by` is the colleague who booked it
    by telephone, or nobody: the company itself. `set_at` is when its present time was agreed. `passed_at`: it was over
    when another one was made.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="appointments", verbose_name=_("lead"))
    coordinator = models.ForeignKey(
        Coordinator, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("coordinator")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    time_zone = models.CharField(_("time zone"), max_length=40, default=settings.TIME_ZONE)
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail"), max_length=254)
    video_link = models.URLField(_("address of the video call"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    set_at = models.DateTimeField(_("time agreed at"))
    passed_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ("starts_at", "pk")
        indexes = (models.Index(fields=["starts_at"], name="appointment_start", condition=Q(cancelled_at=None)),)
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_ends_after_its_start"),
            models.UniqueConstraint(
                fields=["lead"],
                condition=Q(cancelled_at=None, passed_at=None),
                name="lead_has_one_appointment_to_come",
            ),
            # Range types have their operators for GiST built in, so this needs no extension: a coordinator is a
            # range of one number.
            ExclusionConstraint(
                name="appointments_never_overlap",
                expressions=[
                    (
                        Func(
                            F("coordinator"),
                            F("coordinator"),
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(cancelled_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.lead}, {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def is_with_another(self) -> bool:
        """Whether its lead was given to another coordinator since."""
        return self.lead.owner_id is not None and self.coordinator.user_id != self.lead.owner_id

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)
