"""Whoever had a seat or was asked before letters were sent by themselves is not to get one late."""

from django.db import migrations
from django.db.models.functions import Now


def count_as_told(apps, schema_editor):
    """Set when the letter went, to now, where it is not known."""
    for name in ("Seat", "FactCheckRespondent"):
        apps.get_model("reviews", name).objects.using(schema_editor.connection.alias).filter(told_at=None).update(
            told_at=Now()
        )


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_invite_correct_and_tie")]

    operations = [migrations.RunPython(count_as_told, migrations.RunPython.noop)]
