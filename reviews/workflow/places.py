"""What is changed of a service itself."""

from django.db import transaction

from reviews import audit
from reviews.models import Service, User
from reviews.summary.keeping import settle_when_done
from reviews.workflow.base import Action


@transaction.atomic
def set_interval(service: Service, actor: User, months: int) -> Service:
    """Set how many months may pass between external reviews of a service; what is as it was is no change."""
    service = Service.objects.select_for_update(of=("self",)).get(pk=service.pk)
    if service.interval_months != months:
        service.interval_months = months
        service.save(update_fields=["interval_months"])
        audit.record(actor, Action.CHANGED, target=service, fields=["interval_months"])
        settle_when_done([service.pk])
    return service
