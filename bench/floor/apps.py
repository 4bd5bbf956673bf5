"""allauth's models without its middleware."""

from allauth.account.apps import AccountConfig


class Account(AccountConfig):
    """Does not insist on allauth's middleware, which a plain project does not have."""

    def ready(self) -> None:
        """Nothing to prepare."""
