"""What an administrator keeps: accounts, roles, organisations and services. Nothing of reviews is here. What is done
here is told to the audit, by the names of what was changed: the admin's own log can be rewritten.
"""

from collections.abc import Iterable
from typing import Any, cast

import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin  # noqa: F401 (what these register is taken away below)
import django.contrib.auth.admin  # noqa: F401 (likewise)
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, Model
from django.forms import BaseModelFormSet, ModelChoiceField, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reviews import accounts, audit, log_in_history, two_factor, workflow
from reviews.forms.anonymising import AnonymiseForm
from reviews.forms.texts import SafeTexts
from reviews.models import (
    ActionPoint,
    AuditEvent,
    County,
    Organisation,
    Partnership,
    Role,
    Service,
    TreatmentTeam,
    User,
)
from reviews.summary.keeping import settle_when_done
from scales.admin import ReadOnlyAdmin

admin.site.site_header = admin.site.site_title = _("IPS reviews: administration")
admin.site.index_title = _("Accounts, roles and organisations")

# What packages register and nobody here needs: there are no groups, an account has one e-mail, an organisation's log-in
# stands in the settings, and all an administrator can do with a second factor is to take it away.
admin.site.unregister([Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])


class SafeForm(SafeTexts, ModelForm):  # type: ignore[type-arg]  # not subscriptable when Django runs
    """A row's form, that takes no national identity number in a name."""

    asks = False


def _tell(request: HttpRequest, action: AuditEvent.Action, row: Model, fields: Iterable[str] = ()) -> None:
    """Tell the audit what an administrator did to a row; what was done to a role stands by its person too."""
    administrator = cast(User, request.user)
    audit.record(administrator, action, target=row, fields=fields)
    if isinstance(row, Role):
        audit.record(administrator, AuditEvent.Action.CHANGED, target=row.user, fields=["roles"])


class KeptAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # likewise
    """Rows that others point at: deleted one by one, and only where that says nothing of a review."""

    form = SafeForm
    actions = None

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        """Save a row, and tell the audit."""
        super().save_model(request, obj, form, change)
        if not change:
            _tell(request, AuditEvent.Action.CREATED, obj, form.changed_data)
        elif form.changed_data:
            _tell(request, AuditEvent.Action.CHANGED, obj, form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete a row, and tell the audit."""
        _tell(request, AuditEvent.Action.DELETED, obj)
        super().delete_model(request, obj)

    def save_formset(
        self,
        request: HttpRequest,
        form: Any,
        formset: "BaseModelFormSet[Any, ModelForm[Any]]",
        change: bool,
    ) -> None:
        """Save the rows that stand on another's page, and tell the audit."""
        for gone in formset.deleted_forms:
            # Before it loses its key.
            if gone.instance.pk is not None:
                _tell(request, AuditEvent.Action.DELETED, gone.instance)
        super().save_formset(request, form, formset, change)
        for row in formset.new_objects:
            _tell(request, AuditEvent.Action.CREATED, row)
        for row, fields in formset.changed_objects:
            _tell(request, AuditEvent.Action.CHANGED, row, fields)


class RoleInline(admin.StackedInline):  # type: ignore[type-arg]  # likewise
    """The roles of a person. Nobody gives themselves one: administrators keep who may see reviews, and see none."""

    form = SafeForm
    model = Role
    extra = 1

    def has_add_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Not for oneself."""
        return obj != request.user and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Not for oneself."""
        return obj != request.user and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Not for oneself."""
        return obj != request.user and super().has_delete_permission(request, obj)


@admin.register(User)
class UserAdmin(KeptAdmin):
    """Accounts. A password is never set here: the person sets it by the link they get from “forgotten password”."""

    list_display = ("name", "email", "workplace", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    list_select_related = ("workplace",)
    search_fields = ("name", "email")
    fields = (
        "name",
        "email",
        "workplace",
        "line_manager",
        "language",
        "is_active",
        "is_staff",
        "date_joined",
        "last_login",
        "log_ins",
    )
    readonly_fields = ("date_joined", "last_login", "log_ins")
    inlines = (RoleInline,)

    @admin.display(description=_("Latest log-ins"))
    def log_ins(self, obj: User) -> str:
        """Show when the person logged in, how and from where, and what failed."""
        found = log_in_history.latest(obj)
        return render_to_string("reviews/partials/log_ins.html", {"log_ins": found}) if found else "–"

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody is deleted: old reports and the audit keep their author. An account is made inactive."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """One who is anonymised stays so."""
        return super().has_change_permission(request, obj) and (obj is None or obj.anonymised_at is None)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody shuts themselves out."""
        own = ("is_active", "is_staff") if obj is not None and obj == request.user else ()
        return (*self.readonly_fields, *own)

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> "type[ModelForm[User]]":
        """Offer nobody as their own line manager: the constraint is about the row's id, which no form checks."""
        form: type[ModelForm[User]] = super().get_form(request, obj, change=change, **kwargs)
        if "line_manager" in form.base_fields:
            managers = cast("ModelChoiceField[User]", form.base_fields["line_manager"])
            managers.queryset = User.objects.exclude(pk=obj.pk) if obj else User.objects.all()
        return form

    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:
        """Make a new account without a password, and let an administrator use all of the admin and no one else any. An
        account that gets another address is closed everywhere, and the person is told where they still read it.
        """
        if not change:
            obj.set_unusable_password()
        obj.is_superuser = obj.is_staff
        super().save_model(request, obj, form, change)
        accounts.keep_address(obj)
        before = str(form.initial.get("email", "")).lower()
        if change and obj.email != before:
            accounts.end_sessions(obj)
            accounts.tell_moved(obj, before)

    def _person(self, request: HttpRequest, object_id: str) -> User:
        """Return the person of a page. Raises Http404 where there is none, or no id of one."""
        found = self.get_object(request, object_id)
        if not isinstance(found, User):
            raise Http404
        return found

    def get_urls(self) -> list[URLPattern]:
        """Add the pages that take away second factors, and that anonymise."""
        anonymise = path(
            "<path:object_id>/anonymise/", self.admin_site.admin_view(self.anonymise), name="reviews_user_anonymise"
        )
        take_away = path(
            "<path:object_id>/two-factor/",
            self.admin_site.admin_view(self.take_away_factors),
            name="reviews_user_two_factor",
        )
        return [anonymise, take_away, *super().get_urls()]

    def take_away_factors(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and then take the second factors from a person who has lost them. Nobody takes away their own here,
        where it would be done without showing one.
        """
        user = self._person(request, object_id)
        if user == request.user or not self.has_change_permission(request, user):
            raise PermissionDenied
        if request.method == "POST":
            two_factor.take_away(user, cast(User, request.user))
            messages.success(request, gettext("The second factors are taken away. The person is told by e-mail."))
            return redirect("admin:reviews_user_change", user.pk)
        asked = {
            "title": gettext("Take away the second factors"),
            "do": gettext("Yes, take them away"),
            "has_any": two_factor.has_any(user),
        }
        return self._ask(request, user, "admin/take_away_factors.html", asked)

    def anonymise(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what it does, or why it cannot be done; ask, and then anonymise a person."""
        user = self._person(request, object_id)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        administrator = cast(User, request.user)
        form = AnonymiseForm(user, request.POST if request.method == "POST" else None)
        refusal = workflow.why_not_anonymised(user, administrator)
        if request.method == "POST" and not refusal and form.is_valid():
            try:
                gone = workflow.anonymise(user, administrator)
            except workflow.Refused as error:
                refusal = str(error)
            else:
                # The only line about it in the admin's own log, and without the name.
                self.log_change(request, gone, [{"changed": {"fields": ["anonymised"]}}])
                messages.success(request, gettext("The person is anonymised."))
                return redirect("admin:reviews_user_changelist")
        asked = {
            "title": gettext("Anonymise the person"),
            "do": gettext("Anonymise for good"),
            "form": form,
            "refusal": refusal,
            "needs": workflow.needed_in(user) if refusal else [],
        }
        return self._ask(request, user, "admin/anonymise.html", asked)

    def _ask(self, request: HttpRequest, user: User, template: str, asked: dict[str, Any]) -> HttpResponse:
        """Return a page that asks before something is done to a person's account."""
        context = {**self.admin_site.each_context(request), "opts": User._meta, "original": user, **asked}
        return render(request, template, context)


@admin.register(Role)
class RoleAdmin(KeptAdmin):
    """What people are where, and from when to when."""

    list_display = ("user", "kind", "service", "county", "start", "end")
    list_filter = ("kind", "county", "service__county")
    list_select_related = ("user", "service", "county")
    search_fields = ("user__name", "user__email", "service__name")

    def get_readonly_fields(self, request: HttpRequest, obj: Role | None = None) -> tuple[str, ...]:
        """A role stays its person's: another gets one of their own."""
        return () if obj is None else ("user",)

    def has_change_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        """Not one's own."""
        return (obj is None or obj.user != request.user) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        """Not one's own."""
        return (obj is None or obj.user != request.user) and super().has_delete_permission(request, obj)

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> "ModelChoiceField[Any] | None":
        """Offer everybody but oneself."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if field is not None and db_field.name == "user":
            field.queryset = User.objects.exclude(pk=cast(User, request.user).pk)
            field.help_text = _("Nobody gives themselves a role: another administrator does.")
            field.error_messages["invalid_choice"] = field.help_text
        return field


@admin.register(County)
class CountyAdmin(ReadOnlyAdmin):
    """The counties, which come with the migrations."""

    list_display = ("code", "name")


@admin.register(Organisation)
class OrganisationAdmin(KeptAdmin):
    """Bodies that employ, treat or steer."""

    list_display = ("name", "kind", "county")
    list_filter = ("kind", "county")
    list_select_related = ("county",)
    search_fields = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: Organisation | None = None) -> bool:
        """One that acts on a recommendation stays, and the refusal does not name the recommendation."""
        acts = obj is not None and ActionPoint.objects.filter(organisation=obj).exists()
        return not acts and super().has_delete_permission(request, obj)


class PartnershipInline(admin.StackedInline):  # type: ignore[type-arg]  # likewise
    """The organisations behind a service."""

    form = SafeForm
    model = Partnership
    extra = 1


class TreatmentTeamInline(admin.StackedInline):  # type: ignore[type-arg]  # likewise
    """The teams that a service's jobbspesialister work in."""

    form = SafeForm
    model = TreatmentTeam
    extra = 1


@admin.register(Service)
class ServiceAdmin(KeptAdmin):
    """Services with their partners and teams."""

    list_display = ("name", "county", "interval_months")
    list_filter = ("county",)
    list_select_related = ("county",)
    search_fields = ("name",)
    inlines = (PartnershipInline, TreatmentTeamInline)

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        """Save it, and count it in the figures of where it is now."""
        super().save_model(request, obj, form, change)
        settle_when_done([obj.pk])

    def has_delete_permission(self, request: HttpRequest, obj: Service | None = None) -> bool:
        """One that has been reviewed stays, and the refusal does not name the reviews."""
        reviewed = obj is not None and obj.reviews.exists()
        return not reviewed and super().has_delete_permission(request, obj)
