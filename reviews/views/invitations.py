"""The page that the link in an invitation leads to: open to those who have no account yet."""

from allauth.core.ratelimit import consume_or_429
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature, SignatureExpired
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from reviews import accounts, letters, workflow
from reviews.forms.invitations import AccountForm
from reviews.models import Invitation, Review, User
from reviews.views.http import attempt


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: with a new account, or with the one its e-mail has. A link that no longer holds says so."""
    try:
        key = letters.invited_by(token)
    except SignatureExpired:
        return _no_more(request, "expired")
    except BadSignature:
        # Only what was never signed is counted: who opens an old link is no stranger.
        too_many: HttpResponse | None = consume_or_429(request, action="invitation_guessed", limit_get=True)
        return too_many or _no_more(request, "unknown", status=404)
    found = Invitation.objects.select_related("seat", "respondent", "made_by", "review__service").filter(pk=key).first()
    if found is None:
        return _no_more(request, "void")
    why_not = _why_not(found)
    if why_not == "not_now":
        # It will hold again: nothing of it is gone.
        return _no_more(request, why_not, status=200)
    if why_not:
        return _no_more(request, why_not)
    account = User.objects.filter(email__iexact=found.email).first()
    if account is not None and not account.is_active:
        return _no_more(request, "closed")
    if request.user.is_authenticated:
        return _as_somebody(request, found, request.user, account)
    if account is not None:
        return _page(request, found, "log_in")
    return _with_new_account(request, found)


def _why_not(invitation: Invitation) -> str:
    """Return why an invitation cannot be accepted now; empty where it can."""
    review = invitation.review
    if invitation.accepted_at is not None:
        return "used"
    if not review.is_open or (invitation.seat is not None and invitation.seat.removed_at is not None):
        return "void"
    if invitation.respondent is not None and review.status != Review.Status.FACT_CHECK:
        return "not_now"
    return ""


def _as_somebody(request: HttpRequest, found: Invitation, user: User, account: User | None) -> HttpResponse:
    """Let somebody who is logged in accept what was sent to their own address."""
    if user != account:
        return _page(request, found, "other", status=403)
    if request.method == "POST" and attempt(request, lambda: workflow.accept(found, user), _said(found)):
        return redirect("reviews:review", found.review_id)
    return _page(request, found, "accept")


def _with_new_account(request: HttpRequest, found: Invitation) -> HttpResponse:
    """Make an account for the address and accept with it; both or neither."""
    form = AccountForm(request.POST or None, email=found.email)
    made: list[User] = []

    def accept() -> None:
        values = form.cleaned_data
        with transaction.atomic():
            made.append(
                accounts.open_account(found.email, values["name"], values["password"], language=values["language"])
            )
            workflow.accept(found, made[0])

    if request.method == "POST" and form.is_valid():
        with translation.override(form.cleaned_data["language"]):
            done = _said(found)
        try:
            if attempt(request, accept, done, form=form):
                login(request, made[0])
                return redirect("reviews:review", found.review_id)
        except IntegrityError:
            # Sent twice at once: the page now says that there is an account.
            return redirect(request.path)
    return _page(request, found, "new_account", form=form)


def _said(found: Invitation) -> str:
    if found.seat is not None:
        return _("You have taken your seat in the review.")
    return _("You have accepted. Check the facts in the draft.")


def _page(request: HttpRequest, found: Invitation, case: str, *, status: int = 200, **more: object) -> HttpResponse:
    context = {"invitation": found, "review": found.review, "seat": found.seat, "case": case, **more}
    return render(request, "reviews/invitation.html", context, status=status)


def _no_more(request: HttpRequest, why: str, *, status: int = 410) -> HttpResponse:
    return render(request, "reviews/invitation_gone.html", {"why": why}, status=status)
