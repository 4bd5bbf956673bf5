"""What an agreement with the company lets its documents say of an entry."""

from django.db import models

from billing.models.credit import Entry
from billing.models.triggers import frozen_but_in_examples
from portals.models import Portal


class Particulars(models.Model):
    """Which products credit paid, or gave back, by a movement that may be several entries: tied to the first of them.

    Written with the movement or never, so that no later agreement tells of what came before it.
    """

    portal = models.ForeignKey(Portal, on_delete=models.PROTECT, related_name="particulars")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="particulars")
    text = models.CharField(max_length=300)

    class Meta:
        constraints = (models.CheckConstraint(condition=~models.Q(text=""), name="particulars_say_something"),)
        triggers = (frozen_but_in_examples("particulars_stay"),)

    def __str__(self) -> str:
        return self.text
