"""A payment that could not be used goes back by a refund of its own, as what is given back does."""

from django.db import migrations


def keep_refunds(apps, schema_editor):
    Payment, Refund = (apps.get_model("orders", name) for name in ("Payment", "Refund"))
    unused = Payment.objects.filter(state__in=["refund_due", "refunded"]).select_related("order")
    Refund.objects.bulk_create(
        [
            Refund(
                portal_id=payment.portal_id,
                payment=payment,
                amount=payment.amount,
                key=f"{payment.order.number}-{payment.pk}-unused",
                created_at=payment.settled_at or payment.created_at,
                done_at=payment.settled_at if payment.state == "refunded" else None,
            )
            for payment in unused.iterator(chunk_size=1000)
        ],
        batch_size=1000,
        ignore_conflicts=True,
    )


class Migration(migrations.Migration):
    dependencies = [("orders", "0013_follow_money_that_leaves_again")]

    operations = [migrations.RunPython(keep_refunds, migrations.RunPython.noop)]
