"""The checklist that a new external review begins with. It is data: whoever plans for the whole country edits it."""

from django.db import migrations

STEPS = [
    ("before", 56, "adviser", "Avtal besøksdager med tjenesten og evaluatorene"),
    ("before", 42, "lead", "Fortell tjenesten hva evalueringen går ut på, og hvem som må sette av tid"),
    ("before", 28, "method_supervisor", "Avtal intervjuer med deltakere, behandlere, ledere og Nav-veiledere"),
    ("before", 14, "lead", "Lag timeplan for besøket og send den til alle som skal være med"),
    ("before", 7, "method_supervisor", "Fyll inn tallene før besøket"),
    ("before", 2, "lead", "Skriv ut intervjuguider og skåringsskjema"),
    ("after", 0, "lead", "Gi muntlig tilbakemelding før dere drar"),
    ("after", 14, "lead", "Bli enige om skårene og skriv utkastet"),
    ("after", 21, "lead", "Send utkastet til faktasjekk"),
    ("after", 42, "lead", "Gjør rapporten endelig"),
    ("after", 56, "method_supervisor", "Gå gjennom rapporten i styringsgruppen og lag handlingsplan"),
    ("after", 180, "method_supervisor", "Gå gjennom handlingsplanen i styringsgruppen"),
]


def add(apps, schema_editor):
    step = apps.get_model("reviews", "TemplateStep")
    step.objects.using(schema_editor.connection.alias).bulk_create(
        step(moment=moment, days=days, doer=doer, text=text) for moment, days, doer, text in STEPS
    )


class Migration(migrations.Migration):
    dependencies = [("reviews", "0007_follow_services_year_by_year")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
