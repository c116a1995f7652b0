from django.apps.registry import Apps
from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "attempts"


def make(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the cache's table, whatever cache the settings name: it has no model."""
    call_command("createcachetable", TABLE, database=editor.connection.alias, verbosity=0)


def drop(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take it away again."""
    editor.execute(f'DROP TABLE "{TABLE}"')


class Migration(migrations.Migration):
    dependencies = [("reviews", "0010_remember_where_a_point_goes_on")]

    operations = [migrations.RunPython(make, drop)]
