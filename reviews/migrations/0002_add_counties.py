"""The counties of Norway as they are since 2024, by their official numbers."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COUNTIES = {
    "03": "Oslo",
    "11": "Rogaland",
    "15": "Møre og Romsdal",
    "18": "Nordland",
    "31": "Østfold",
    "32": "Akershus",
    "33": "Buskerud",
    "34": "Innlandet",
    "39": "Vestfold",
    "40": "Telemark",
    "42": "Agder",
    "46": "Vestland",
    "50": "Trøndelag",
    "55": "Troms",
    "56": "Finnmark",
}


def add_counties(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Add the counties that are not there yet."""
    county = apps.get_model("reviews", "County")
    for code, name in COUNTIES.items():
        county.objects.using(schema_editor.connection.alias).get_or_create(code=code, defaults={"name": name})


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_create_work")]

    operations = [migrations.RunPython(add_counties, migrations.RunPython.noop)]
