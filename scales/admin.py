"""The scales in the admin, to be read: editions come by fixture, and one in use never changes."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from scales.models import Band, Item, Scale, Section


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not subscriptable when Django runs
    """Shows rows and changes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody deletes here."""
        return False


@admin.register(Scale)
class ScaleAdmin(ReadOnlyAdmin):
    """Editions of scales."""

    list_display = ["title", "code", "edition", "sequence", "scoring"]


@admin.register(Section)
class SectionAdmin(ReadOnlyAdmin):
    """Sections of scales."""

    list_display = ["code", "title", "scale"]
    list_filter = ["scale"]
    list_select_related = ["scale"]


@admin.register(Item)
class ItemAdmin(ReadOnlyAdmin):
    """Items of scales."""

    list_display = ["code", "short_title", "section"]
    list_filter = ["section__scale"]
    list_select_related = ["section"]
    search_fields = ["code", "title", "short_title"]


@admin.register(Band)
class BandAdmin(ReadOnlyAdmin):
    """Bands of scales."""

    list_display = ["label", "scale", "lowest", "highest", "recommended_months"]
    list_filter = ["scale"]
    list_select_related = ["scale"]
