"""The app that holds the work: people, services, reviews, scores, reports, actions."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    """Puts the database's guards and rights back after every migrate, and registers the system checks."""

    name = "reviews"
    verbose_name = _("Reviews")

    def ready(self) -> None:
        """Connect what has to run whenever the tables may have changed."""
        from reviews import checks, grants, guards, log_ins, two_factor

        del checks, log_ins, two_factor  # imported for the checks they register and the signals they hear
        pre_migrate.connect(guards.lift, sender=self)
        post_migrate.connect(guards.restore, sender=self)
        post_migrate.connect(grants.restore, sender=self)
