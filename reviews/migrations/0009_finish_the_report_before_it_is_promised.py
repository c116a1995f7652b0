"""The default checklist has the report finished a week before it is usually promised, six weeks after the visit. Only
a step that still stands as 0008 made it is moved: what somebody has edited is theirs.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

STEP = {"moment": "after", "doer": "lead", "text": "Gjør rapporten endelig"}
FROM, TO = 42, 35


def _move(apps: Apps, schema_editor: BaseDatabaseSchemaEditor, before: int, after: int) -> None:
    steps = apps.get_model("reviews", "TemplateStep").objects.using(schema_editor.connection.alias)
    steps.filter(**STEP, days=before).update(days=after)


def finish_earlier(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _move(apps, schema_editor, FROM, TO)


def finish_as_before(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _move(apps, schema_editor, TO, FROM)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0008_add_checklist")]

    operations = [migrations.RunPython(finish_earlier, finish_as_before)]
