"""What the database holds after a run, by the names that the ledger knows the fields by."""

from reviews.models import Count, Rating
from tests.load.ledger import own, shared


def everything() -> dict[str, str]:
    """Return every value that somebody can have saved."""
    held = {}
    for rating in Rating.objects.select_related("item__section__scale").iterator():
        place = (rating.seat_id, rating.item.section.scale.code, rating.item.code)
        held[own(*place, "score")] = "" if rating.score is None else str(rating.score)
        held[own(*place, "comment")] = rating.comment
        held[own(*place, "recommendation")] = rating.recommendation
        for index in range(len(rating.item.elements)):
            held[own(*place, f"element_{index}")] = "on" if index in rating.elements else ""
            held[own(*place, f"remark_{index}")] = rating.element_remarks.get(str(index), "")
    for count in Count.objects.select_related("item__section__scale").iterator():
        name = f"count_{count.name}_{count.number}" if count.number else f"count_{count.name}"
        where = (str(count.review_id), count.item.section.scale.code, count.item.code)
        held[shared(*where, name)] = format(count.value.normalize(), "f")
    return held
