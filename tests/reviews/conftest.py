"""What several tests of the work share: a small scale and reviews on it, and a mail server."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from reviews.models import Review
from scales.models import Band, Item, Scale, Section
from tests.factories import scored_review
from tests.reviews.mail_server import MailServer


@pytest.fixture
def mini(db: None) -> Scale:
    """A scale of three items in two sections, quick to print; a Kommentar is required below 4."""
    scale = Scale.objects.create(
        code="mini",
        edition="1",
        sequence=1,
        position=9,
        title="Mini",
        attribution="Laget for testene.",
        lowest_means="lite",
        highest_means="mye",
        high_from=4,
        scoring=Scale.Scoring.SUM,
        comment_expected=True,
    )
    anchors = {str(score): f"Trinn {score}" for score in range(1, 6)}
    for place, (code, numbers) in enumerate([("X", [1, 2]), ("Y", [1])], start=1):
        section = Section.objects.create(scale=scale, code=code, title=f"Del {code}", position=place)
        for number in numbers:
            Item.objects.create(
                section=section,
                code=f"{code}{number}",
                position=number,
                title=f"Punkt {code}{number}",
                short_title=f"{code}{number}",
                definition="Noe som skåres.",
                anchors=anchors,
            )
    Band.objects.create(scale=scale, code="any", label="Alt", lowest=3, highest=15, recommended_months=12)
    return scale


@pytest.fixture
def make(mini: Scale) -> Callable[..., Review]:
    """Make a review on the small scale in a state: make("consensus", scores={"X1": 3})."""

    def made(status: str = Review.Status.CONSENSUS, **columns: Any) -> Review:
        return scored_review(status, scales=[mini], **columns)

    return made


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """A mail server that keeps what it is sent, and is the one that letters go through."""
    server = MailServer()
    server.start()
    server.used_by(settings)
    yield server
    if server.server is not None:
        server.stop()
