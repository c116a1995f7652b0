"""The app that holds the instruments."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScalesConfig(AppConfig):
    """Scales, their sections, items and bands."""

    name = "scales"
    verbose_name = _("Scales")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Registers the checks."""
        from scales import checks  # noqa: F401
