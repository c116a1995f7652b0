"""One's own scores beside the agreed ones through the front door."""

import pytest
from django.test import Client

from reviews import workflow
from reviews.models import Rating, Review, Seat
from scales.scoring import Agreement
from tests.factories import SeatFactory, issue, items_of, lead, owner, scored_review
from tests.reviews.front_door import item, page

BY_OTHERS = "Den andres egne ord"


@pytest.fixture
def review(db: None) -> Review:
    """A review out for fact check in which all is agreed to be 3, apart from G1, which is not scored."""
    review = scored_review("fact_check", scores=lambda item: None if item.code == "G1" else 3)
    Rating.objects.filter(seat__review=review).update(score=1, not_scored="", comment=BY_OTHERS)
    return review


@pytest.fixture
def observer(review: Review, client: Client) -> Seat:
    """An observer, logged in, who gave 3 as well, but 5 on O3, 2 on O4, no score on T1, and did not come to T2."""
    seat: Seat = SeatFactory.create(review=review, observer=True)
    Rating.objects.bulk_create(
        Rating(seat=seat, item=each, score=3) for each in items_of(review) if each.code not in ("T1", "T2")
    )
    Rating.objects.create(seat=seat, item=item(review, "T1"), not_scored="missing_data")
    Rating.objects.filter(seat=seat, item=item(review, "O3")).update(score=5)
    Rating.objects.filter(seat=seat, item=item(review, "O4")).update(score=2)
    client.force_login(owner(seat))
    return seat


def _differences(client: Client, review: Review) -> dict[str, int | None]:
    """Return how far one's own scores are from the agreed ones, by code: those that are not equal."""
    scales = client.get(page("beside", review)).context["scales"]
    lines = [line for scale in scales for section in scale.sections for line in section.lines]
    assert [line.item for line in lines] == items_of(review)
    return {line.item.code: line.difference for line in lines if line.difference != 0}


def _row(html: str, code: str) -> str:
    start = html.index(f"{code} ", html.index("<tbody>"))
    return html[start : html.index("</tr>", start)]


@pytest.mark.usefixtures("observer")
def test_an_observer_sees_where_the_agreed_scores_lay(client: Client, review: Review) -> None:
    assert page("beside", review) in client.get(page("review", review)).content.decode()
    assert _differences(client, review) == {"O3": 2, "O4": -1, "T1": None, "T2": None, "G1": None}
    html = client.get(page("beside", review)).content.decode()
    # In words, not by colour alone.
    assert "2" in _row(html, "O3")
    assert "ds-tag" in _row(html, "O3")
    assert "ds-tag" not in _row(html, "O5")


@pytest.mark.usefixtures("observer")
def test_the_agreement_is_told_in_plain_counts_for_each_scale(client: Client, review: Review) -> None:
    ips, goi = client.get(page("beside", review)).context["scales"]
    assert ips.agreement == Agreement(compared=23, equal=21, within_one=22)
    assert goi.agreement == Agreement(compared=11, equal=11, within_one=11)


@pytest.mark.usefixtures("observer")
def test_the_scores_of_others_are_not_on_the_page(client: Client, review: Review) -> None:
    response = client.get(page("beside", review))
    assert BY_OTHERS not in response.content.decode()
    # The evaluators' own scores are 1 on every item, which neither this observer nor the agreement has.
    scales = response.context["scales"]
    pairs = [line.pair for scale in scales for section in scale.sections for line in section.lines]
    assert 1 not in {score for pair in pairs for score in pair}


def test_an_evaluator_sees_it_as_soon_as_the_scores_are_shown(db: None, client: Client) -> None:
    review = scored_review("consensus", scores={"O3": 4, "O4": 4})
    client.force_login(lead(review))
    review.seats.get(number=1).ratings.filter(item=item(review, "O3")).update(score=1)
    review.results.filter(item=item(review, "O4")).update(score=None)
    assert _differences(client, review) == {"O3": -3, "O4": None}


@pytest.mark.usefixtures("observer")
def test_the_version_that_counts_is_shown_while_the_report_is_issued_again(client: Client, review: Review) -> None:
    issue(review)
    workflow.reissue(review, lead(review), "Feil i sammendraget.")
    review.results.filter(item=item(review, "O3")).update(score=5)
    assert _differences(client, review)["O3"] == 2


def test_nobody_compares_before_it_is_theirs_to_read(db: None, client: Client) -> None:
    for status in ("planned", "scoring", "consensus"):
        review = scored_review(status)
        seat: Seat = SeatFactory.create(review=review, observer=True)
        client.force_login(owner(seat))
        assert client.get(page("beside", review)).status_code == 403
        assert page("beside", review) not in client.get(page("review", review)).content.decode()


def test_a_self_review_has_but_one_sheet(db: None, client: Client) -> None:
    review = scored_review("scoring", kind="self", evaluators=1)
    client.force_login(lead(review))
    assert client.get(page("beside", review)).status_code == 403
    issue(review)
    assert client.get(page("beside", review)).status_code == 403
    assert page("beside", review) not in client.get(page("review", review)).content.decode()
