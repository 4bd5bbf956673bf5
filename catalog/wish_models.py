"""What employees mean to order later."""

from django.db import models
from django.utils import timezone

from portals.models import Membership, Portal


class Wish(models.Model):
    """A product on the wish list of an employee. It goes when the employee leaves."""

    portal = models.ForeignKey(Portal, on_delete=models.CASCADE, related_name="wishes")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="wishes")
    product = models.ForeignKey("catalog.Product", on_delete=models.CASCADE, related_name="wishes")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-added_at", "-pk")
        constraints = (models.UniqueConstraint(fields=["membership", "product"], name="wish_once_per_product"),)

    def __str__(self) -> str:
        return str(self.product_id)
