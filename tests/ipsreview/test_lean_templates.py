"""Templates are sent without their indentation, and with all else."""

from pathlib import Path

from django.template import Engine
from django.test import override_settings
from django.utils import translation

LOADER = "ipsreview.lean_templates.Loader"


def _said(directory: Path, name: str, text: str) -> str:
    (directory / name).write_text(text)
    engine = Engine(dirs=[str(directory)], loaders=[LOADER], libraries={"i18n": "django.templatetags.i18n"})
    with override_settings(USE_I18N=True), translation.override("nb"):
        return engine.render_to_string(name, {"text": "To\n  linjer"})


def test_a_page_loses_its_indentation_and_keeps_its_lines_and_what_people_wrote(tmp_path: Path) -> None:
    template = '<p>\n    En\n\t{% if text %}\n      <b\n         class="x">{{ text }}</b>\n    {% endif %}\n</p>\n'
    assert _said(tmp_path, "a.html", template) == '<p>\nEn\n\n<b\nclass="x">To\n  linjer</b>\n\n</p>\n'


def test_a_text_over_several_lines_is_translated(tmp_path: Path) -> None:
    template = "{% load i18n %}{% blocktranslate trimmed %}\n    Log\n    out\n  {% endblocktranslate %}"
    assert _said(tmp_path, "b.html", template) == "Logg ut"


def test_a_letter_stays_as_it_is(tmp_path: Path) -> None:
    assert _said(tmp_path, "a.txt", "Hei\n    du\n") == "Hei\n    du\n"
