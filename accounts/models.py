"""Who signs in: the user, known by a work e-mail, and the mails that wait to be sent."""

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.job_models import Job, JobResult, JobRun  # noqa: F401 - Django looks for models here


class UserManager(BaseUserManager["User"]):
    """Creates users by e-mail; an account made for a person starts without a usable password."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new user. `password` None: the person chooses one at the first login."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        if password is not None:
            user.password_chosen_at = timezone.now()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An administrator with every permission, as `createsuperuser` asks for it."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    @classmethod
    def normalize_email(cls, email: str | None) -> str:
        """The work e-mail is one identity in whatever case it is typed, so it is kept in lower case."""
        return (email or "").strip().lower()

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=self.normalize_email(username))


class User(AbstractBaseUser, PermissionsMixin):
    """A person. What the person may do in a portal stands on the membership, in the back office on the groups."""

    email = models.EmailField(_("work e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=5, default="nl", choices=[("nl", "Nederlands"), ("en", "English")]
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the back office"), default=False)
    password_chosen_at = models.DateTimeField(
        _("password chosen at"),
        null=True,
        blank=True,
        help_text=_("Empty: the next login asks for a new password before anything else."),
    )
    date_joined = models.DateTimeField(_("made at"), default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = (
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"),
        )

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        super().clean()
        self.email = UserManager.normalize_email(self.email)

    @property
    def must_choose_password(self) -> bool:
        """Whether the person has yet to choose a password: at the first login, or after a forced reset."""
        return self.password_chosen_at is None

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] or self.email


class LoginCode(models.Model):
    """A one-time code that was mailed to an address; without a user when the address may not enter.

    The tries are counted here and not in the session, so that guesses sent at the same moment count too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="login_codes")
    digest = models.CharField(max_length=64)
    chooses_password = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("login code")
        verbose_name_plural = _("login codes")
        indexes = (models.Index(fields=["expires_at"], name="login_code_expiry"),)

    def __str__(self) -> str:
        return str(self.id)


class MailQuerySet(models.QuerySet["Mail"]):
    def waiting(self) -> "MailQuerySet":
        """Those that are neither sent nor given up."""
        return self.filter(sent_at__isnull=True, failed_at__isnull=True)

    def state(self, state: str) -> "MailQuerySet":
        """Those that stand at `state`, a value of `MailState`."""
        if state == MailState.WAITING:
            return self.waiting()
        if state == MailState.FAILED:
            return self.filter(failed_at__isnull=False)
        later = {MailState.BOUNCED: "bounced_at", MailState.OPENED: "opened_at", MailState.DELAYED: "delayed_at"}
        mails = self.filter(sent_at__isnull=False)
        for step, field in later.items():
            mails = mails.filter(**{f"{field}__isnull": step != state})
            if step == state:
                break
        return mails

    def due(self, now: dt.datetime) -> "MailQuerySet":
        """Those that may be tried at `now`, the longest waiting first."""
        return self.waiting().filter(due_at__lte=now).order_by("due_at", "pk")


class MailState(models.TextChoices):
    """Where a mail stands. What comes after sent is known only where a mail server tells."""

    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    DELAYED = "delayed", _("delayed")
    OPENED = "opened", _("opened")
    BOUNCED = "bounced", _("bounced")
    FAILED = "failed", _("failed")


class Mail(models.Model):
    """One mail to one address, written in the transaction that causes it and sent by a task afterwards."""

    key = models.CharField(
        max_length=200, unique=True, help_text="What the mail is about; the same key is never sent twice."
    )
    to = models.EmailField(_("to"), max_length=254)
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(blank=True)
    is_secret = models.BooleanField(
        default=False, help_text="Holds a one-time code: the text goes when the mail is sent, and nobody may read it."
    )
    created_at = models.DateTimeField(_("made at"), default=timezone.now)
    due_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    failed_at = models.DateTimeField(
        _("given up at"), null=True, blank=True, help_text=_("Given up after the last attempt.")
    )
    message_id = models.CharField(max_length=320, blank=True, default="", db_default="", editable=False)
    delayed_at = models.DateTimeField(_("delayed at"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("bounced at"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(
                fields=["due_at"], name="mail_waiting", condition=models.Q(sent_at__isnull=True, failed_at__isnull=True)
            ),
            models.Index(fields=["message_id"], name="mail_message_id", condition=~models.Q(message_id="")),
            models.Index(fields=["to"], name="mail_to"),
        )

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"

    @property
    def state(self) -> MailState:
        if not self.sent_at:
            return MailState.FAILED if self.failed_at else MailState.WAITING
        if self.bounced_at:
            return MailState.BOUNCED
        if self.opened_at:
            return MailState.OPENED
        return MailState.DELAYED if self.delayed_at else MailState.SENT


class MailAttachment(models.Model):
    """A file that goes with a mail."""

    mail = models.ForeignKey(Mail, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    mime_type = models.CharField(max_length=80)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name
