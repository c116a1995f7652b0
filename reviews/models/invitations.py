"""Those who are asked by e-mail to take part in a review and have no account yet."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.models.judgement import FactCheckRespondent
from reviews.models.people import User
from reviews.models.review import Review, Seat


class Invitation(models.Model):
    """A letter to somebody without an account: to a seat, or to check the facts. It is void once the seat is removed.

    The link in the letter is signed and holds nothing but the invitation's id; nothing of it is kept here. When the
    letter went stands on the seat or the respondent, as it does for those who have an account.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="invitations")
    seat = models.OneToOneField(Seat, on_delete=models.CASCADE, null=True, related_name="invitation")
    respondent = models.OneToOneField(
        FactCheckRespondent, on_delete=models.CASCADE, null=True, related_name="invitation"
    )
    email = models.EmailField(_("e-mail"), max_length=254)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("review", "made_at")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(email=""), name="invitation_email_given"),
            models.CheckConstraint(
                condition=Q(seat=None, respondent__isnull=False) | Q(seat__isnull=False, respondent=None),
                name="invitation_to_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review}, {self.made_at:%Y-%m-%d}"
