"""Product feeds that were handed over, and the pictures that they name."""

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils.translation import gettext_lazy as _


class FeedState(models.TextChoices):
    """Where a feed is between its upload and the shop."""

    WAITING = "waiting", _("being read")
    CHECKED = "checked", _("read, to be confirmed")
    CONFIRMED = "confirmed", _("being imported")
    IMPORTED = "imported", _("imported")
    REFUSED = "refused", _("refused")
    LAPSED = "lapsed", _("not confirmed in time")


class FeedRun(models.Model):
    """A product feed that was handed over: by whom, what it would do or did, and what was wrong with it."""

    source = models.CharField(_("file or address"), max_length=500)
    file = models.FileField(upload_to="feeds/", blank=True, editable=False)
    is_full = models.BooleanField(
        _("whole catalogue"),
        default=False,
        help_text=_("Products of earlier feeds that are not in this one are switched off."),
    )
    state = models.CharField(_("state"), max_length=10, choices=FeedState, default=FeedState.WAITING)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("handed over at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    same = models.PositiveIntegerField(_("the same"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    switched_off = models.PositiveIntegerField(_("switched off"), default=0)
    steep = models.PositiveIntegerField(_("much dearer or cheaper"), default=0, db_default=0)
    unsold = models.PositiveIntegerField(_("sale prices that do not count"), default=0, db_default=0)
    problem = models.TextField(_("why it was refused"), blank=True)
    refusals = models.JSONField(default=list, help_text="The first refused rows: number, id and reason.")
    changes = models.JSONField(
        default=list,
        db_default=Value([], models.JSONField()),
        help_text="Of the changed products `catalog.feed_changes.Change`.",
    )
    notices = models.JSONField(
        default=list,
        db_default=Value([], models.JSONField()),
        help_text="Of the first such sales: number, id and what is told.",
    )

    class Meta:
        verbose_name = _("product feed")
        verbose_name_plural = _("product feeds")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.source


class FeedPrice(models.Model):
    """A price that a feed announced: put in by a task when it is due, if the product still costs `before` then."""

    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="feed_prices")
    due_at = models.DateTimeField(db_index=True)
    before = models.DecimalField(max_digits=12, decimal_places=2)
    after = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["product", "due_at"], name="feed_price_once_a_moment"),
            models.CheckConstraint(condition=Q(after__gt=0), name="feed_price_is_positive"),
        )

    def __str__(self) -> str:
        return f"{self.due_at:%Y-%m-%d %H:%M}: {self.after}"


class FeedPicture(models.Model):
    """A picture that a feed names: fetched by a task, which finds what is due here."""

    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="feed_pictures")
    address = models.CharField(max_length=500)
    position = models.PositiveSmallIntegerField()
    picture = models.OneToOneField(
        "catalog.ProductPicture", on_delete=models.SET_NULL, null=True, related_name="feed_picture"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, help_text="When it is fetched; empty once it is there or given up.")
    error = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["product", "address"], name="feed_picture_once"),)
        indexes = (models.Index(fields=["due_at"], name="feed_picture_due", condition=Q(due_at__isnull=False)),)

    def __str__(self) -> str:
        return self.address
