"""Sessions in the database, as Django keeps them, read by a statement that is composed once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from thuiswerk.lib.prepared import Given, Prepared


class SessionStore(db.SessionStore):
    """Django's own, but for the way in which a session is found."""

    def _get_session_from_db(self) -> Session | None:
        session: Session | None = _session.first(key=self.session_key, now=timezone.now())
        if session is None:
            self._session_key = None
        return session


_session = Prepared(
    lambda: Session.objects.filter(
        session_key=Given("key", CharField()), expire_date__gt=Given("now", DateTimeField())
    ).order_by()
)
