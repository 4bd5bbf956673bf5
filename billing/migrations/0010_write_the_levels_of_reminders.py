"""The three levels that a new installation begins with; finance changes days and words."""

from django.db import migrations

LEVELS = (
    (
        3,
        "Misschien is het je ontgaan: het bedrag hieronder staat nog open. Wil je het deze week overmaken?",
        "It may have slipped your mind: the amount below is still open. Could you transfer it this week?",
    ),
    (
        14,
        "We herinnerden je al eerder aan het bedrag hieronder, en het staat nog open. Wil je het binnen zeven dagen "
        "overmaken, of ons laten weten wat er aan de hand is?",
        "We reminded you of the amount below before, and it is still open. Could you transfer it within seven days, or "
        "tell us what the matter is?",
    ),
    (
        30,
        "Ondanks eerdere herinneringen staat het bedrag hieronder nog open. Maak het binnen zeven dagen over. Daarna "
        "rekenen we de wettelijke handelsrente en incassokosten.",
        "In spite of earlier reminders the amount below is still open. Transfer it within seven days. After that we "
        "charge statutory commercial interest and collection costs.",
    ),
)


def write(apps, schema_editor):
    level = apps.get_model("billing", "ReminderLevel")
    for position, (days, dutch, english) in enumerate(LEVELS, start=1):
        level.objects.create(position=position, days=days, text_nl=dutch, text_en=english)


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_remind_of_overdue_invoices")]

    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
