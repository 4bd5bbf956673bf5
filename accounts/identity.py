"""Who a work e-mail stands for, and who may enter which host.

The e-mail on the user is the one identity, kept in lower case; allauth's own table of addresses is not used. On a
portal's host only an active membership of that portal may enter, on the main host only staff. Everybody else is unknown
there, and nothing that the visitor can see or measure tells the difference.
"""

from typing import Protocol

from django.db.models import QuerySet

from accounts.models import User


class Tenant(Protocol):
    """A portal, as far as the accounts need it."""

    pk: int
    name: str
    language: str

    @property
    def host(self) -> str: ...


def make_user(email: str, name: str = "", language: str = "nl") -> User:
    """The user of a work e-mail, made without a password where there is none yet.

    An existing user is returned as it is: the roster of one company does not rename a person of another.
    """
    user = User.objects.filter(email=User.objects.normalize_email(email)).first()
    return user or User.objects.create_user(email, name=name, language=language)


def find_user(email: str, portal: Tenant | None) -> User | None:
    """The user of `email` who may enter `portal`, or the back office when `portal` is None. Always one query."""
    return _who_may_enter(portal).filter(email=User.objects.normalize_email(email)).first()


def may_enter(user: User, portal: Tenant | None) -> bool:
    """Whether `user` may, at this moment, enter `portal`, or the back office when `portal` is None."""
    return _who_may_enter(portal).filter(pk=user.pk).exists()


def _who_may_enter(portal: Tenant | None) -> QuerySet[User]:
    if portal is None:
        return User.objects.filter(is_active=True, is_staff=True)
    return User.objects.filter(is_active=True, memberships__portal=portal.pk, memberships__disabled_at__isnull=True)
