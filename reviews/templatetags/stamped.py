"""What stands in a form that is saved as it is written, or that several people may fill in at once, and what says
whether it is saved: drawn without templates, since a page of an item has all of it more than once.
"""

import functools

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reviews.forms.drawing import marked, plain
from reviews.forms.stamps import StampedForm

register = template.Library()


def token_field(context: Context) -> SafeString:
    """What csrf_token is in a template."""
    return marked(f'<input type="hidden" name="csrfmiddlewaretoken" value="{plain(str(context["csrf_token"]))}">')


@register.simple_tag(takes_context=True)
def saves_itself(context: Context, form: StampedForm, *, new: bool = False) -> SafeString:
    """Attributes of a form that saves itself as it is written (static/js/autosave.js). `new`: nothing of it is yet."""
    person = plain(str(context["request"].user.pk))
    return marked(
        f'autocomplete="off" data-autosave data-person="{person}" data-units="{plain(form.units)}"'
        f' data-unsaved="{plain(form.unsaved)}"{" data-new" if new else ""}'
    )


@register.simple_tag
def stamps(form: StampedForm) -> SafeString:
    """What the page shows of what is saved, so that nothing is written over that somebody else saves meanwhile."""
    clashes = "".join(f'<input type="hidden" name="clash" value="{plain(clash.name)}">' for clash in form.clashes)
    return marked(f'<input type="hidden" name="seen" value="{plain(form.stamps)}">{clashes}')


_log_in = functools.cache(functools.partial(reverse, "account_login"))


@register.simple_tag
def saved() -> SafeString:
    """Whether what is written on the page is saved, in a word; save_state() says the rest, once on the page."""
    done, ready = plain(_("Saved")), plain(_("Saved as you write"))
    saving, unsaved = plain(_("Saving …")), plain(_("Not saved"))
    return marked(
        '<span class="save-state" data-save-state data-script-only hidden>'
        f'<span data-when="saved" hidden>{done} <time data-time></time></span> '
        f'<span data-when="ready" hidden>{ready}</span> '
        f'<span data-when="saving" hidden>{saving}</span> '
        f'<strong data-when="unsaved" hidden>{unsaved}</strong></span>'
    )


def _button(does: str, said: str) -> str:
    return (
        f'<button class="ds-button" data-variant="secondary" data-size="sm" type="button" {does}>{plain(said)}</button>'
    )


@register.simple_tag
def save_state() -> SafeString:
    """Whether what is written on the page is saved; said by the script that saves it (static/js/autosave.js), which
    alone shows it. Last what is said beside a field that is not taken.
    """
    log_in = plain(_("Log in (opens a new tab)"))
    to = f'<a class="ds-link" href="{plain(_log_in())}" target="_blank" rel="noopener">{log_in}</a>'
    again, where = _button("data-try-again", _("Try again")), _("Show where")
    lead = _button("data-lead-to-trouble", where)
    why = {
        "offline": plain(
            _(
                "Not saved: no answer from the server. What you wrote stays in the page, and is sent again by itself."
                " Do not close the page."
            )
        ),
        "failed": plain(
            _(
                "Could not be saved: the server failed several times. The text is still here. Copy it before you close"
                " the page."
            )
        )
        + f" {again}",
        "logged-out": plain(
            _(
                "Not saved: you are logged out. What you wrote stays in the page. Log in as the same person in another"
                " tab, and it is sent by itself."
            )
        )
        + f" {to}",
        "person": plain(
            _(
                "Not saved: somebody else is logged in here now. What you wrote stays in the page, and is sent once you"
                " are logged in again."
            )
        ),
        "refused": plain(_("Not saved: you can no longer write here. Copy what you wrote before you close the page.")),
        "choose": plain(_("Not saved: somebody else has changed the same in the meantime. Choose which is to stand."))
        + f" {lead}",
        "wrong": plain(_("Not saved: something must be put right.")) + f" {lead}",
    }
    told = "".join(f'<p data-why="{name}" hidden>{said}</p>' for name, said in why.items())
    show = _button("data-show-where hidden", where)
    allow = _button("data-allow hidden", _("It is needed here. Save it"))
    return marked(
        f'{saved()} <span class="ds-sr-only" role="status" data-save-said></span>'
        '<div class="save-trouble ds-alert" data-save-trouble data-color="warning" role="alert" tabindex="-1" hidden>'
        f'{told}<p data-why="said" hidden data-said></p></div>'
        '<template id="said-wrong"><div data-field="validation"><p class="ds-validation-message" data-words></p>'
        f'<div class="buttons">{show}{allow}</div></div></template>'
    )
