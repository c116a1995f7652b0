"""Controls are drawn as Django's own templates draw them, and editions that reviews use are read once."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from reviews.forms.drawing import Controls

_ATTRIBUTES = st.dictionaries(
    st.sampled_from(["class", "rows", "required", "data-x", "aria-describedby"]),
    st.one_of(st.text("a<\"'& æ", max_size=6), st.booleans(), st.integers(0, 9)),
)
_CHOICES = [
    ("", gettext_lazy("No reason chosen")),
    (1, "<En> & to"),
    ("Gruppe <1>", [("a", mark_safe("<b>a</b>")), (2500, 2500)]),
]
_WIDGETS: list[Any] = [
    forms.TextInput,
    forms.NumberInput,
    forms.EmailInput,
    forms.URLInput,
    forms.PasswordInput,
    forms.HiddenInput,
    forms.DateInput,
    forms.CheckboxInput,
    forms.Textarea,
    forms.Select,
    forms.SelectMultiple,
]


@pytest.mark.parametrize("kind", _WIDGETS)
@given(attributes=_ATTRIBUTES, value=st.one_of(st.none(), st.text("a1<\"'&\n æ", max_size=6), st.just(2500)))
def test_a_control_is_drawn_as_its_template_draws_it(kind: Any, attributes: dict[str, Any], value: Any) -> None:
    widget = kind(choices=_CHOICES) if issubclass(kind, forms.Select) else kind()
    drawn = widget.render("na<me", value, attributes, renderer=Controls())
    assert drawn == widget.render("na<me", value, attributes, renderer=TemplatesSetting())
