"""People and what they may do where."""

import datetime
import secrets
import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from reviews.models.places import County, Service


def new_mark() -> str:
    """Return a mark that nobody can guess."""
    return secrets.token_hex(16)


class UserManager(BaseUserManager["User"]):
    """Makes accounts, and finds them by e-mail whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make an account that can log in with the password; without one, only after a password reset."""
        user = self.model(email=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Make an administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find an account by e-mail. Raises User.DoesNotExist."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. Never deleted: deactivated or anonymised in place, so that old reports and the audit
    keep their author.

    An administrator (is_staff) keeps accounts, roles and organisations and sees nothing of reviews.
    """

    class Language(models.TextChoices):
        """The languages of the interface."""

        BOKMAL = "nb", _("Norwegian (bokmål)")
        ENGLISH = "en", _("English")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=150)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.BOKMAL)
    workplace = models.ForeignKey(
        "reviews.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="staff",
        verbose_name=_("workplace"),
    )
    line_manager = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("line manager"),
        help_text=_("Points out ties to a service that the person is to review."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("administrator"), default=False)
    # All sessions of a person hold a digest of it: a new one ends them all.
    session_mark = models.CharField(max_length=32, default=new_mark, editable=False)
    date_joined = models.DateTimeField(_("account made"), default=timezone.now, editable=False)
    anonymised_at = models.DateTimeField(_("anonymised"), null=True, blank=True, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name", "email")
        constraints: ClassVar = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("This e-mail is in use."),
            ),
            models.CheckConstraint(condition=~Q(email=""), name="user_email_given"),
            models.CheckConstraint(condition=Q(language__in=["nb", "en"]), name="user_language_known"),
            models.CheckConstraint(
                condition=Q(anonymised_at=None) | Q(is_active=False),
                name="user_anonymised_is_inactive",
            ),
            models.CheckConstraint(
                condition=Q(line_manager=None) | ~Q(line_manager=F("id")),
                name="user_not_own_manager",
                violation_error_message=_("Nobody is their own line manager."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the account. The e-mail is kept in lower case: allauth looks for it as it stands there."""
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session of the person must hold: it follows the password, and the mark."""
        held: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]  # Django's stubs leave it out
        return salted_hmac(
            "reviews.User.session_mark", held + self.session_mark, secret, algorithm="sha256"
        ).hexdigest()

    def get_full_name(self) -> str:
        """Return the person's name."""
        return self.name

    def get_short_name(self) -> str:
        """Return the person's name: there is no shorter one."""
        return self.name


class RoleQuerySet(models.QuerySet["Role"]):
    """Roles by time."""

    def current(self, on: datetime.date | None = None) -> "RoleQuerySet":
        """Return the roles that hold on a day, today unless another is given."""
        day = on or timezone.localdate()
        return self.filter(Q(start__lte=day), Q(end=None) | Q(end__gte=day))


class Role(models.Model):
    """What a person is for a service, a county or the whole country, from one day to another, both included."""

    class Kind(models.TextChoices):
        """The roles there are. An evaluator is none of them: that is a seat in one review."""

        METHOD_SUPERVISOR = "method_supervisor", _("Method supervisor")
        MANAGER = "manager", _("Manager")
        ADVISER = "adviser", _("Regional IPS adviser")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="roles", verbose_name=_("person"))
    kind = models.CharField(_("role"), max_length=20, choices=Kind.choices)
    service = models.ForeignKey(
        Service,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="roles",
        verbose_name=_("service"),
    )
    county = models.ForeignKey(
        County,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="roles",
        verbose_name=_("county"),
        help_text=_("For a regional IPS adviser. Empty means the whole country."),
    )
    start = models.DateField(_("from"), default=timezone.localdate)
    end = models.DateField(
        _("to"),
        null=True,
        blank=True,
        help_text=_("The last day. Empty means until further notice."),
    )

    objects = RoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ("user", "kind", "start")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=["method_supervisor", "manager"],
                    service__isnull=False,
                    county=None,
                )
                | Q(kind="adviser", service=None),
                name="role_scope_fits_kind",
                violation_error_message=_(
                    "A method supervisor or a manager belongs to a service;"
                    " an adviser to a county or to the whole country."
                ),
            ),
            models.CheckConstraint(
                condition=Q(end=None) | Q(end__gte=F("start")),
                name="role_ends_after_start",
                violation_error_message=_("The last day is before the first."),
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "service", "start"],
                condition=Q(service__isnull=False),
                name="role_once_in_service",
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "county", "start"],
                condition=Q(county__isnull=False),
                name="role_once_in_county",
            ),
            models.UniqueConstraint(
                fields=["user", "kind", "start"],
                condition=Q(service=None, county=None),
                name="role_once_in_country",
            ),
        ]

    def __str__(self) -> str:
        place = self.service or self.county or _("the whole country")
        return f"{self.user}: {self.get_kind_display()}, {place}"
