"""What beat starts by the clock. What is due stands in the database, so the next run makes up for a missed one."""

from typing import Any, NamedTuple

from celery.schedules import crontab
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# In a message from beat: the name of the job. A task that was started by anything else has none.
HEADER = "job"


class ScheduledJob(NamedTuple):
    """A task, when it runs (every so many seconds, or by the clock in Amsterdam), and what people call it."""

    task: str
    schedule: float | crontab
    title: Promise


JOBS = {
    "send-waiting-mail": ScheduledJob("accounts.tasks.send_waiting_mail", 30.0, _("Send mail")),
    "read-bounces": ScheduledJob("accounts.tasks.read_bounces", 600.0, _("See which mails came back")),
    "forget-what-is-over": ScheduledJob(
        "accounts.tasks.forget_what_is_over",
        crontab(hour=3, minute=20),
        _("Throw away old login codes, sessions and runs of jobs"),
    ),
    "reset-example": ScheduledJob(
        "onboarding.tasks.reset_example", crontab(hour=3, minute=30), _("Begin the example shop anew")
    ),
    "open-portals": ScheduledJob(
        "onboarding.tasks.open_portals",
        crontab(minute="*/10", hour="7-21"),
        _("Open the shops of the day and invite their people"),
    ),
    "send-invitations": ScheduledJob("onboarding.tasks.send_invitations", 60.0, _("Send invitations")),
    "remind-before-the-end": ScheduledJob(
        "onboarding.tasks.remind_before_the_end", crontab(hour=9, minute=0), _("Remind of credit that soon ends")
    ),
    "forget-people": ScheduledJob(
        "onboarding.tasks.forget_people", crontab(hour=4, minute=30), _("Delete data of people who never ordered")
    ),
    "forget-leads": ScheduledJob(
        "onboarding.tasks.forget_leads", crontab(hour=4, minute=40), _("Delete requests of which nothing came")
    ),
    "remind-of-appointments": ScheduledJob(
        "onboarding.tasks.remind_of_appointments", 300.0, _("Remind of calls with companies")
    ),
    "lapse-unpaid-orders": ScheduledJob("orders.tasks.lapse_unpaid_orders", 60.0, _("Give up unpaid orders")),
    "finish-payments": ScheduledJob("orders.tasks.finish_payments", 60.0, _("Ask after open payments")),
    "send-refunds": ScheduledJob("orders.tasks.send_refunds", 60.0, _("Send money back")),
    "follow-refunds": ScheduledJob(
        "orders.tasks.follow_refunds", crontab(hour=4, minute=10), _("Ask after money that was sent back")
    ),
    "hand-over-orders": ScheduledJob(
        "orders.tasks.hand_over_orders", 30.0, _("Hand orders over to the operator's own system")
    ),
    "forget-old-answers": ScheduledJob(
        "orders.tasks.forget_old_answers", crontab(hour=3, minute=40), _("Throw away old answers of the API")
    ),
    "expire-credit": ScheduledJob("billing.tasks.expire_credit", crontab(hour=0, minute=10), _("End credit")),
    "invoice-last-month": ScheduledJob(
        "billing.tasks.invoice_last_month", crontab(hour=6, minute=0), _("Invoice the last month")
    ),
    "settle-portals": ScheduledJob(
        "billing.tasks.settle_portals", crontab(hour=7, minute=30), _("Settle portals that have ended")
    ),
    "finish-invoices": ScheduledJob(
        "billing.tasks.finish_invoices", crontab(minute="*/15"), _("Make and mail the PDFs of invoices")
    ),
    "send-reminders": ScheduledJob(
        "billing.tasks.send_reminders", crontab(hour=9, minute=0, day_of_week="1-5"), _("Remind of overdue invoices")
    ),
    "work-on-feeds": ScheduledJob("catalog.tasks.work_on_feeds", 60.0, _("Read and import product feeds")),
    "lapse-unconfirmed-feeds": ScheduledJob(
        "catalog.tasks.lapse_unconfirmed_feeds", crontab(hour=3, minute=50), _("Give up feeds that nobody confirmed")
    ),
    "apply-feed-prices": ScheduledJob("catalog.tasks.apply_feed_prices", 60.0, _("Start and end sales")),
    "fetch-feed-pictures": ScheduledJob("catalog.tasks.fetch_feed_pictures", 60.0, _("Fetch pictures of products")),
}


def beat_schedule() -> dict[str, dict[str, Any]]:
    """The jobs as Celery reads them."""
    return {
        name: {"task": job.task, "schedule": job.schedule, "options": {"headers": {HEADER: name}}}
        for name, job in JOBS.items()
    }
