"""The three levels that a new installation begins with; finance changes days and words."""

from django.db import migrations

LEVELS = (
    (
        3,
        "Misschien is het je ontgaan: van onderstaande factuur hebben we nog geen betaling gezien. Wil je die deze week "
        "overmaken?",
        "It may have slipped your mind: we have not seen a payment for the invoice below yet. Could you transfer it "
        "this week?",
    ),
    (
        14,
        "We herinnerden je al eerder aan onderstaande factuur, en zagen nog geen betaling. Wil je het bedrag binnen zeven "
        "dagen overmaken, of ons laten weten wat er aan de hand is?",
        "We reminded you of the invoice below before, and have not seen a payment yet. Could you transfer the amount "
        "within seven days, or tell us what the matter is?",
    ),
    (
        30,
        "Ondanks eerdere herinneringen is onderstaande factuur nog niet betaald. Maak het bedrag binnen zeven dagen over. "
        "Daarna rekenen we de wettelijke handelsrente en incassokosten.",
        "In spite of earlier reminders the invoice below has not been paid. Transfer the amount within seven days. After "
        "that we charge statutory commercial interest and collection costs.",
    ),
)


def write(apps, schema_editor):
    level = apps.get_model("billing", "ReminderLevel")
    for position, (days, dutch, english) in enumerate(LEVELS, start=1):
        level.objects.create(position=position, days=days, text_nl=dutch, text_en=english)


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_remind_of_overdue_invoices")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
