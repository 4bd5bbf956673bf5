"""The tenant: the company that pays, its portal, and who takes part in it."""

import datetime as dt

import pghistory
import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.fields.files import FieldFile
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portals import branding
from portals.company import Company, Contact, ContactRole, EInvoiceProfile, Specification
from thuiswerk.lib.periods import add_months, amsterdam_date

LIVE_MONTHS = 3
MOST_MONTHS = 36

__all__ = [
    "Company",
    "Contact",
    "ContactRole",
    "EInvoiceProfile",
    "Membership",
    "MembershipQuerySet",
    "OwnMoney",
    "Portal",
    "PortalPhase",
    "PortalQuerySet",
    "PortalState",
    "Role",
    "Specification",
]


class OwnMoney(models.TextChoices):
    """What an employee may pay with own money in this portal."""

    NOTHING = "nothing", _("nothing: credit only")
    ASSORTMENT = "assortment", _("what is above the credit, within the allowed categories")
    EVERYTHING = "everything", _("the whole catalogue")


class PortalState(models.TextChoices):
    """What the coordinator decided. Whether the shop is open also depends on the live period: see `PortalPhase`."""

    BUILD = "build", _("in build")
    READY = "ready", _("ready: open during the live period")
    PAUSED = "paused", _("paused")
    CLOSED = "closed", _("closed")


class PortalPhase(models.TextChoices):
    """What a visitor meets on a day."""

    BUILD = "build", _("in build")
    UPCOMING = "upcoming", _("opens later")
    LIVE = "live", _("live")
    PAUSED = "paused", _("paused")
    ENDED = "ended", _("ended")


class PortalQuerySet(models.QuerySet["Portal"]):
    def real(self) -> "PortalQuerySet":
        """Those of companies: what visitors do in an example is nobody's business."""
        return self.filter(is_example=False)


@pghistory.track(exclude=["revision"])
class Portal(models.Model):
    """One branded, closed shop of a company with a live period; both days of the period are part of it."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="portals", verbose_name=_("company"))
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=40, unique=True)
    custom_domain = models.CharField(_("own domain"), max_length=120, unique=True, null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PortalState, default=PortalState.BUILD)
    live_from = models.DateField(_("first day"), null=True, blank=True)
    live_until = models.DateField(_("last day"), null=True, blank=True)
    credit_per_employee = models.DecimalField(
        _("credit per employee"), max_digits=12, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    own_money = models.CharField(_("own money"), max_length=12, choices=OwnMoney, default=OwnMoney.ASSORTMENT)
    brand_color = models.CharField(
        _("brand colour"),
        max_length=7,
        default="#1f5f8b",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Write it as #1f5f8b."))],
    )
    logo = models.ImageField(_("logo"), upload_to="branding/", blank=True)
    header = models.ImageField(_("header picture"), upload_to="branding/", blank=True)
    header_alt = models.CharField(
        _("what the header picture shows"),
        max_length=160,
        blank=True,
        help_text=_("For who cannot see it. Empty: it is there for its looks only."),
    )
    welcome_nl = models.TextField(_("welcome text (Dutch)"), max_length=600, blank=True)
    welcome_en = models.TextField(_("welcome text (English)"), max_length=600, blank=True)
    language = models.CharField(
        _("language"), max_length=5, default="nl", choices=[("nl", "Nederlands"), ("en", "English")]
    )
    revision = models.PositiveIntegerField(
        default=1, editable=False, help_text="Part of every cache key; a trigger makes it grow with each update."
    )
    is_example = models.BooleanField(
        _("example"),
        default=False,
        db_default=False,
        editable=False,
        help_text="Whether anybody may look around here, without account, money or goods. A trigger keeps it as it is.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PortalQuerySet.as_manager()

    class Meta:
        verbose_name = _("portal")
        verbose_name_plural = _("portals")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(live_until__isnull=True) | Q(live_until__gte=F("live_from")),
                name="portal_ends_after_it_starts",
                violation_error_message=_("The last day is before the first day."),
            ),
            models.CheckConstraint(condition=Q(credit_per_employee__gte=0), name="portal_credit_is_not_negative"),
            models.UniqueConstraint(fields=["is_example"], condition=Q(is_example=True), name="portal_one_example"),
        )
        triggers = (
            pgtrigger.Trigger(
                name="revision_grows",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="NEW.revision := GREATEST(NEW.revision, OLD.revision + 1); RETURN NEW;",
            ),
            # The ledger of an example may be emptied, so no other portal may ever become one.
            pgtrigger.ReadOnly(name="example_or_real_for_ever", fields=["is_example"]),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        if self.live_from and not self.live_until:
            self.live_until = self.default_live_until(self.live_from)
        super().save(*args, **kwargs)  # type: ignore[arg-type]
        self.refresh_from_db(fields=["revision"])

    def bump_revision(self) -> None:
        """Make every cached page of this portal stale."""
        Portal.objects.filter(pk=self.pk).update(revision=F("revision") + 1)
        self.refresh_from_db(fields=["revision"])

    @staticmethod
    def default_live_until(first_day: dt.date, months: int = LIVE_MONTHS) -> dt.date:
        """`months` on, the month's last day where that date does not exist.

        The first day itself does not count: Regulation (EEC, Euratom) 1182/71, article 3.
        """
        return add_months(first_day, months)

    def phase(self, now: dt.datetime) -> PortalPhase:
        """What a visitor meets at `now`."""
        if self.state == PortalState.BUILD or self.live_from is None or self.live_until is None:
            return PortalPhase.BUILD
        today = amsterdam_date(now)
        if self.state == PortalState.CLOSED or today > self.live_until:
            return PortalPhase.ENDED
        if self.state == PortalState.PAUSED:
            return PortalPhase.PAUSED
        return PortalPhase.UPCOMING if today < self.live_from else PortalPhase.LIVE

    def is_live(self, now: dt.datetime) -> bool:
        """Whether orders can be placed and credit spent at `now`."""
        return self.phase(now) == PortalPhase.LIVE

    def is_open_to(self, returned_until: dt.date | None, now: dt.datetime) -> bool:
        """Whether somebody may order at `now`: while the portal is live, and after its end as long as credit that came
        back can be spent; `returned_until` is the last day of that, None without such credit."""
        phase = self.phase(now)
        is_in_grace = returned_until is not None and amsterdam_date(now) <= returned_until
        return phase == PortalPhase.LIVE or (phase == PortalPhase.ENDED and is_in_grace)

    @property
    def payment_provider(self) -> str:
        """Who takes payments here, by its name in `orders.payments.port`; empty where nobody does. Nobody pays anything
        in an example."""
        return "demo" if self.is_example else settings.PAYMENT_PROVIDER

    @property
    def own_money_buys(self) -> str:
        """What own money may buy here, as an `OwnMoney`: nothing where nobody is there to take the payment."""
        return self.own_money if self.payment_provider else OwnMoney.NOTHING

    @property
    def host(self) -> str:
        """The host name with port, without scheme."""
        return self.custom_domain or f"{self.slug}.{settings.BASE_DOMAIN}"

    @property
    def url(self) -> str:
        """The address of the portal's home page, as mails and the back office show it."""
        return f"{settings.URL_SCHEME}://{self.host}/"

    @property
    def brand_hash(self) -> str:
        """What `portals:brand_css` takes in its address."""
        return branding.stylesheet_hash(self.brand_color)

    @property
    def brand_files(self) -> dict[str, str]:
        """Where the logo and the header picture are stored, by the name that `portals:brand_file` serves them under."""
        names = [file.name or "" for file in (self.logo, self.header) if file]
        return {name.rpartition("/")[2]: name for name in names}

    @property
    def logo_url(self) -> str:
        """The address of the logo on the portal's own host; empty without one."""
        return self._brand_url(self.logo)

    @property
    def logo_size(self) -> tuple[int, int]:
        """Width and height of the logo in the header, in CSS pixels; the most there is for a file that is lost."""
        try:
            return branding.logo_size(self.logo.width, self.logo.height)
        except OSError:
            return branding.logo_size(None, None)

    @property
    def header_url(self) -> str:
        """The address of the header picture on the portal's own host; empty without one."""
        return self._brand_url(self.header)

    def _brand_url(self, file: FieldFile) -> str:
        if not file.name:
            return ""
        return reverse("portals:brand_file", settings.PORTAL_URLCONF, args=[file.name.rpartition("/")[2]])

    @property
    def welcome(self) -> str:
        """The welcome text in the reader's language, else in the other one."""
        if (get_language() or "nl").startswith("en"):
            return self.welcome_en or self.welcome_nl
        return self.welcome_nl or self.welcome_en


class Role(models.TextChoices):
    EMPLOYEE = "employee", _("employee")
    MANAGER = "manager", _("company contact")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> "MembershipQuerySet":
        """Those who may enter."""
        return self.filter(disabled_at__isnull=True)

    def counts(self) -> dict[str, int]:
        """How many there are, how many may enter, and how many of those were never invited."""
        active = Q(disabled_at__isnull=True)
        return self.aggregate(
            all=Count("pk"),
            active=Count("pk", filter=active),
            waiting=Count("pk", filter=active & Q(invited_at__isnull=True)),
        )


@pghistory.track(exclude=["first_seen_at"])
class Membership(models.Model):
    """One person in one portal, with a role."""

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("portal"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.EMPLOYEE)
    staff_number = models.CharField(_("staff number"), max_length=30, blank=True)
    cost_centre = models.CharField(_("cost centre"), max_length=30, blank=True)
    invite_requested_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the coordinator asked for the invitation."
    )
    invited_at = models.DateTimeField(_("invited at"), null=True, blank=True)
    first_seen_at = models.DateTimeField(_("first visit"), null=True, blank=True, editable=False)
    disabled_at = models.DateTimeField(_("disabled at"), null=True, blank=True)
    forgotten_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the personal data of who never ordered were deleted."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        ordering = ("user__name", "user__email")
        constraints = (
            models.UniqueConstraint(fields=["portal", "user"], name="membership_once_per_portal"),
            models.UniqueConstraint(
                fields=["portal", "staff_number"],
                name="membership_staff_number_once_per_portal",
                condition=~Q(staff_number=""),
            ),
        )
        indexes = (
            models.Index(
                fields=["invite_requested_at", "id"],
                name="membership_to_invite",
                condition=Q(invite_requested_at__isnull=False, invited_at__isnull=True),
            ),
            models.Index(fields=["invited_at"], name="membership_invited"),
        )

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def arrive(self, *, now: dt.datetime) -> None:
        """Note the first page of the portal that the person saw; later ones change nothing."""
        Membership.objects.filter(pk=self.pk, first_seen_at__isnull=True).update(first_seen_at=now)
        self.first_seen_at = now
