"""What a report tells of a review besides its results and its texts, fetched at once."""

from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from reviews.models import Context, FactCheckRespondent, Review


@dataclass(frozen=True)
class Around:
    """What stands beside the score, which teams the review is about, and how many were asked to check the facts and how
    many of them answered.
    """

    context: Context
    teams: list[str]
    asked: int = 0
    answered: int = 0


def of(review: Review) -> Around:
    """Return it of a review; an empty context, not saved, where nobody has written any. One query."""
    # The review once for each of its teams, and once where it has none.
    rows = list(
        Review.objects.filter(pk=review.pk)
        .select_related("context")
        .annotate(asked=_number("pk"), answered=_number("answered_at"), team=F("teams__name"))
        .order_by("team")
    )
    first = vars(rows[0])
    return Around(
        context=getattr(rows[0], "context", None) or Context(review=review),
        teams=[team for team in (vars(row)["team"] for row in rows) if team is not None],
        asked=first["asked"],
        answered=first["answered"],
    )


def _number(column: str) -> Coalesce:
    """Return how many of those who are asked have a value in a column, for a query of reviews."""
    asked: QuerySet[FactCheckRespondent] = FactCheckRespondent.objects.filter(review=OuterRef("pk")).order_by()
    return Coalesce(Subquery(asked.values("review").annotate(number=Count(column)).values("number")), 0)
