"""What stands in a form that is saved as it is written, or that several people may fill in at once."""

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from reviews.forms.drawing import plain
from reviews.forms.stamps import StampedForm

register = template.Library()


def _marked(html: str) -> SafeString:
    # Every value in it is escaped where it is put in.
    return mark_safe(html)  # noqa: S308


def token_field(context: Context) -> SafeString:
    """What csrf_token is in a template."""
    return _marked(f'<input type="hidden" name="csrfmiddlewaretoken" value="{plain(str(context["csrf_token"]))}">')


@register.simple_tag(takes_context=True)
def saves_itself(context: Context, form: StampedForm, *, new: bool = False) -> SafeString:
    """Attributes of a form that saves itself as it is written (static/js/autosave.js). `new`: nothing of it is yet."""
    person = plain(str(context["request"].user.pk))
    return _marked(
        f'autocomplete="off" data-autosave data-person="{person}" data-units="{plain(form.units)}"'
        f' data-unsaved="{plain(form.unsaved)}"{" data-new" if new else ""}'
    )


@register.simple_tag
def stamps(form: StampedForm) -> SafeString:
    """What the page shows of what is saved, so that nothing is written over that somebody else saves meanwhile."""
    clashes = "".join(f'<input type="hidden" name="clash" value="{plain(clash.name)}">' for clash in form.clashes)
    return _marked(f'<input type="hidden" name="seen" value="{plain(form.stamps)}">{clashes}')
