"""Figures counted ahead are those of the reviews themselves, whoever wrote and whoever asks; what is kept is proved."""

import datetime
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviews import access, workflow
from reviews.models import (
    County,
    CountySummary,
    FinalScore,
    NotScored,
    Obstacle,
    ReportVersion,
    Review,
    Seat,
    Service,
    ServiceSummary,
    StaleSummary,
    User,
)
from reviews.overview import counts, development, groups, obstacles, scores, years
from reviews.overview.counts import Counts
from reviews.speaking import Filters, counted_reviews
from reviews.summary import keeping, tally
from reviews.summary.tally import Latest, Yearly
from scales.models import Item, Scale
from tests.factories import (
    FIRST_DAY,
    ReviewFactory,
    RoleFactory,
    ServiceFactory,
    UserFactory,
    at,
    county,
    final_review,
    issue,
    lead,
    scored_review,
)

pytestmark = pytest.mark.django_db

HOME, AWAY = "Vestland", "Troms"
YEAR = datetime.timedelta(days=364)
TOLD = {"participants": 20, "in_work": 6, "in_education": 3, "goal": 40}


def _settled() -> None:
    """Count all that is marked, and hold that this is what the source says."""
    keeping.settle()
    assert not StaleSummary.objects.exists()
    assert list(keeping.faults()) == []


def _handed_over(service: Service, items: list[Item], given: list[int | None], **columns: Any) -> Review:
    """Return a final review with the scores of the items in turn, low ones with a cause of some, in few rows."""
    told = columns.pop("told", None)
    review: Review = ReviewFactory.create(service=service, scales=[], status="consensus", **columns)
    _issue(review, items, given, told)
    return review


def _issue(review: Review, items: list[Item], given: list[int | None], told: dict[str, Any] | None = None) -> None:
    number = review.versions.count() + 1
    version = ReportVersion.objects.create(
        review=review,
        number=number,
        content={"outcomes": told} if told else {},
        editions=[],
        reason="Feil." if number > 1 else "",
    )
    FinalScore.objects.bulk_create(
        FinalScore(
            version=version,
            item=item,
            score=score,
            not_scored="" if score is not None else NotScored.MISSING_DATA,
            obstacles=Obstacle.values[: score - 1] if score is not None and score < 4 else [],
        )
        for item, score in zip(items, given, strict=False)
    )


# Whoever asks


@dataclass
class Country:
    """Services in two counties, whose reviews come as they are drawn, and people who see some of them."""

    items: list[list[Item]]
    """Those of an edition of one scale, of the newest edition, and of another scale."""
    people: list[User] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the services and the people."""
        self.services = [ServiceFactory.create(county=county(HOME if n % 3 else AWAY)) for n in range(9)]
        national, home = RoleFactory.create(whole_country=True).user, RoleFactory.create(adviser=True).user
        seated = RoleFactory.create(adviser=True).user
        supervisor = RoleFactory.create(kind="method_supervisor", service=self.services[0], county=None).user
        self.people = [national, home, seated, supervisor, UserFactory.create()]

    def act(self, draw: random.Random) -> None:
        """Let something happen to one of the services."""
        service = draw.choice(self.services)
        reviews = list(service.reviews.filter(versions__isnull=False).distinct())
        act = draw.choice(["new"] * 5 + ["again", "cancel", "share", "move", "seat", "redate", "settle", "settle"])
        if act == "new":
            self._new(service, draw)
        elif act == "move":
            Service.objects.filter(pk=service.pk).update(county=county(draw.choice([HOME, AWAY, "Oslo"])))
        elif act == "settle":
            keeping.settle()
        elif reviews:
            review = draw.choice(reviews)
            if act == "again":
                items = draw.choice(self.items)
                _issue(review, items, [draw.choice([None, 1, 2, 3, 4, 5]) for _item in items], self._told(draw))
            elif act == "cancel":
                Review.objects.filter(pk=review.pk).update(
                    status="cancelled", cancelled_at=at(FIRST_DAY), cancel_reason="Avlyst."
                )
            elif act == "share" and review.is_self:
                Review.objects.filter(pk=review.pk).update(shared_at=draw.choice([None, at(FIRST_DAY)]))
            elif act == "seat" and review.is_external:
                Seat.objects.get_or_create(review=review, user=self.people[2], defaults={"number": 9})
            elif act == "redate":
                day = review.first_day - draw.randrange(1, 3) * YEAR
                Review.objects.filter(pk=review.pk).update(first_day=day, last_day=day)

    def _new(self, service: Service, draw: random.Random) -> None:
        kind = draw.choice(["external", "external", "self"])
        items = draw.choice(self.items) + draw.choice([[], self.items[2]])
        _handed_over(
            service,
            list(dict.fromkeys(items)),
            [draw.choice([None, 1, 2, 3, 3, 4, 5]) if draw.random() < 0.5 else draw.choice([2, 4]) for _item in items],
            told=self._told(draw),
            kind=kind,
            basis=draw.choice(["practice"] * 5 + ["plans"]),
            first_day=FIRST_DAY - draw.randrange(4) * YEAR - draw.randrange(3) * datetime.timedelta(days=40),
            shared_at=at(FIRST_DAY) if kind == "self" and draw.random() < 0.7 else None,
        )

    def _told(self, draw: random.Random) -> dict[str, Any] | None:
        return draw.choice([None, TOLD, {**TOLD, "goal": None}, {**TOLD, "in_work": 1}, {**TOLD, "in_work": None}])


Figures = tuple[list[scores.ScaleRows], list[obstacles.OfScale], list[list[years.Year]], list[years.Outcomes]]


def _figures(latest: Counts[Latest], yearly: Counts[Yearly], filters: Filters, sight: access.Sight) -> Figures:
    """Return what the pages show."""

    def held(items: Any) -> Any:
        group = groups.latest(counted_reviews(), filters, sight.visible)
        return obstacles.holding(obstacles.lows(group.chosen, items, group.seen))

    return (
        scores.by_scale(latest),
        obstacles.by_scale(latest, held),
        [each.years(yearly) for each in development.scales()],
        years.of_working(yearly),
    )


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draw=st.randoms(use_true_random=False), acts=st.integers(5, 40))
def test_the_figures_are_those_of_the_reviews_whoever_asks(mini: Scale, draw: random.Random, acts: int) -> None:
    with transaction.atomic():
        other = _edition(mini)
        goi = Scale.objects.get(code="goi-12")
        world = Country([list(other.items), list(mini.items), list(goi.items)[:2]])
        for _act in range(acts):
            world.act(draw)
        # Some are stale, and then none.
        _compare(world, draw)
        _settled()
        _compare(world, draw)
        transaction.set_rollback(True)


def _edition(mini: Scale) -> Scale:
    """Return an older edition of the small scale."""
    Scale.objects.filter(pk=mini.pk).update(sequence=2, edition="2")
    older = Scale.objects.get(pk=mini.pk)
    older.pk, older.sequence, older.edition = None, 1, "1"
    older.save()
    section = older.sections.create(code="X", title="Del X", position=1)
    for item in Item.objects.filter(section__scale=mini, section__code="X"):
        item.pk, item.section = None, section
        item.save()
    return older


def _compare(world: Country, draw: random.Random) -> None:
    """Hold that everybody is shown the same, whichever way it is counted."""
    for user in world.people:
        sight = access.Sight(user, access._standing(user))
        counties = draw.choice([None, None, frozenset([county(HOME).pk])])
        filters = Filters(counties, kind=draw.choice(["", "external", "self"]))
        ahead = _figures(counts.latest(filters, sight), counts.yearly(filters, sight), filters, sight)
        latest = counts.latest_from_reviews(filters, sight)
        assert ahead == _figures(latest, counts.yearly_from_reviews(filters, sight), filters, sight)


# Plain numbers


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(-3, 3).filter(bool))))
def test_what_is_added_can_be_taken_away_again(given: list[dict[str, int]]) -> None:
    found = tally.Tally()
    for each in given:
        found.add(each)
    assert found == {name: number for name in "abcd" if (number := sum(each.get(name, 0) for each in given))}
    for each in given:
        found.add(each, -1)
    assert found == {}


# Whoever writes


@contextmanager
def _marks(*services: Service) -> Iterator[None]:
    """Hold that these services are marked by what is done inside, and no others."""
    StaleSummary.objects.all().delete()
    yield
    assert set(StaleSummary.objects.values_list("service", flat=True)) == {service.pk for service in services}


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "final", "final_at": at(FIRST_DAY)},
        {"kind": "self"},
        {"basis": "plans"},
        {"first_day": FIRST_DAY - YEAR},
        {"last_day": FIRST_DAY + YEAR},
        {"created_at": at(FIRST_DAY - YEAR)},
    ],
    ids=lambda columns: next(iter(columns)),
)
def test_a_service_is_marked_where_a_review_of_it_that_was_handed_over_is_changed(
    mini: Scale, columns: dict[str, Any]
) -> None:
    review = _handed_over(ServiceFactory.create(), list(mini.items), [1, 2, 3])
    with _marks(review.service):
        Review.objects.update(**columns)


def test_a_service_is_marked_where_a_self_review_is_shared_and_where_a_version_is_made(mini: Scale) -> None:
    review = _handed_over(ServiceFactory.create(), list(mini.items), [1, 2, 3], kind="self")
    with _marks(review.service):
        Review.objects.update(shared_at=at(FIRST_DAY))
    with _marks(review.service):
        _issue(review, list(mini.items), [5, 5, 5])


def test_a_service_is_marked_where_it_is_new_or_moves_or_is_due_at_another_time() -> None:
    with _marks():
        service = ServiceFactory.create()
        assert StaleSummary.objects.filter(service=service).exists()
        StaleSummary.objects.all().delete()
    with _marks(service):
        Service.objects.update(county=county(AWAY))
    with _marks(service):
        Service.objects.update(interval_months=6)
    with _marks():
        Service.objects.update(name="IPS Annet navn")


def test_both_services_are_marked_where_a_review_goes_from_one_to_the_other(mini: Scale) -> None:
    one, other = ServiceFactory.create_batch(2)
    _handed_over(one, list(mini.items), [1, 2, 3])
    with _marks(one, other):
        Review.objects.update(service=other)


def test_no_service_is_marked_by_what_is_no_part_of_the_figures(mini: Scale) -> None:
    review = scored_review(Review.Status.CONSENSUS, scales=[mini], evaluators=1)
    with _marks():
        Review.objects.update(first_day=FIRST_DAY - YEAR, purpose="Noe.")
        Review.objects.update(status="cancelled", cancelled_at=at(FIRST_DAY), cancel_reason="Avlyst.")
        ReviewFactory.create(service=review.service)


# Through the front door


@pytest.fixture
def national(client: Client) -> User:
    """The adviser of the whole country, logged in."""
    user: User = RoleFactory.create(whole_country=True).user
    client.force_login(user)
    return user


def _score(client: Client, **query: str) -> dict[int, int]:
    """Return how many services have which score on X1, as the page has it."""
    for scale in client.get(reverse("reviews:overview_scores"), query).context["scales"]:
        for row in scale.rows:
            if row.item.code == "X1":
                return {score: number for score, number in row.counts.items() if number}
    return {}


@pytest.mark.parametrize("counted", [True, False], ids=["counted", "not counted yet"])
def test_no_figure_is_older_than_what_was_saved(
    client: Client,
    national: User,
    mini: Scale,
    django_capture_on_commit_callbacks: Callable[..., Any],
    counted: bool,
) -> None:
    """A review is made final, issued again, and its service moved; a self-review is shared."""
    _settled()
    review = scored_review(scales=[mini], scores={"X1": 2, "X2": 4, "Y1": 4}, evaluators=1)
    actor = lead(review)

    def act(step: Callable[[], object]) -> None:
        with django_capture_on_commit_callbacks(execute=counted):
            step()
        assert StaleSummary.objects.exists() is not counted

    act(lambda: workflow.finalise(review, actor, "Avtalt."))
    assert _score(client) == {2: 1}
    act(lambda: workflow.reissue(review, actor, "Feil i X1."))
    assert _score(client) == {2: 1}
    review.refresh_from_db()
    review.results.filter(item__code="X1").update(score=5)
    act(lambda: workflow.finalise(review, actor, "Avtalt."))
    assert _score(client) == {5: 1}

    own = final_review(kind=Review.Kind.SELF, scales=[mini], scores={"X1": 1}, evaluators=1)
    assert _score(client) == {5: 1}
    act(lambda: workflow.share(own, lead(own)))
    assert _score(client) == {5: 1, 1: 1}
    assert _score(client, kind="self") == {1: 1}

    assert _score(client, county=county(AWAY).code) == {}
    Service.objects.filter(pk=review.service_id).update(county=county(AWAY))
    assert _score(client, county=county(AWAY).code) == {5: 1}
    _settled()
    assert _score(client, county=county(AWAY).code) == {5: 1}


def test_when_each_service_is_due_is_kept_too(mini: Scale) -> None:
    review = final_review(scales=[mini], scores={"X1": 1}, evaluators=1)
    new = ServiceFactory.create()
    _settled()
    kept = ServiceSummary.objects.get(pk=review.service_id)
    assert (kept.last_review, kept.county) == (review, review.service.county)
    assert kept.next_due is not None
    assert kept.external == review.versions.get()
    assert ServiceSummary.objects.get(pk=new.pk).next_due is None


def test_reading_a_page_writes_nothing(client: Client, national: User, mini: Scale) -> None:
    final_review(scales=[mini], scores={"X1": 1}, evaluators=1)
    for name in ("overview_scores", "overview_development", "overview_obstacles"):
        client.get(reverse(f"reviews:{name}"))
    assert StaleSummary.objects.exists()
    assert not ServiceSummary.objects.exists()


# The proof


def _check() -> str:
    """Return what the command finds wrong; empty where all is right."""
    told = StringIO()
    try:
        call_command("summary", "--check", stdout=StringIO(), stderr=told)
    except CommandError:
        assert told.getvalue()
        return told.getvalue()
    assert not told.getvalue()
    return ""


def _plant_in_service() -> str:
    row = ServiceSummary.objects.exclude(latest={}).order_by("pk")[0]
    ServiceSummary.objects.filter(pk=row.pk).update(latest={**row.latest, "edition external 1": 7})
    return str(row.pk)


def _plant_in_county() -> str:
    CountySummary.objects.filter(county__name=HOME).update(yearly={})
    return HOME


def _plant_in_due_day() -> str:
    row = ServiceSummary.objects.exclude(next_due=None).order_by("pk")[0]
    ServiceSummary.objects.filter(pk=row.pk).update(next_due=FIRST_DAY)
    return str(row.pk)


def _plant(**wrong: Any) -> str:
    row = ServiceSummary.objects.order_by("pk")[0]
    ServiceSummary.objects.filter(pk=row.pk).update(**wrong)
    return str(row.pk)


def _lose_a_service() -> str:
    row = ServiceSummary.objects.order_by("pk")[0]
    ServiceSummary.objects.filter(pk=row.pk).delete()
    return str(row.pk)


def _lose_a_mark() -> str:
    review = Review.objects.order_by("pk")[0]
    Review.objects.filter(pk=review.pk).update(basis="plans")
    StaleSummary.objects.all().delete()
    return str(review.service_id)


@pytest.mark.parametrize(
    "plant",
    [
        _plant_in_service,
        _plant_in_county,
        _plant_in_due_day,
        lambda: _plant(look_by=datetime.date(2019, 1, 1)),
        lambda: _plant(last_day=datetime.date(2019, 1, 1)),
        lambda: _plant(is_looked_at=True),
        _lose_a_service,
        _lose_a_mark,
    ],
)
def test_the_check_names_what_is_not_as_the_source_says_until_all_is_counted_anew(
    mini: Scale, plant: Callable[[], str]
) -> None:
    for score in (1, 5):
        _handed_over(ServiceFactory.create(), list(mini.items), [score, 4, 4], told=TOLD)
    _settled()
    assert _check() == ""
    planted = plant()
    assert planted in _check()
    call_command("summary", "--rebuild", stdout=StringIO())
    assert _check() == ""


def test_what_is_marked_is_no_fault_and_the_command_counts_it(mini: Scale) -> None:
    _handed_over(ServiceFactory.create(), list(mini.items), [1, 4, 4])
    assert _check() == ""
    told = StringIO()
    call_command("summary", stdout=told)
    assert told.getvalue().startswith("1 ")
    assert not StaleSummary.objects.exists()
    assert _check() == ""


def test_a_service_with_many_marks_counts_once(client: Client, national: User, mini: Scale) -> None:
    review = final_review(scales=[mini], scores={"X1": 2}, evaluators=1)
    _settled()
    for months in (6, 12, 24):
        Service.objects.update(interval_months=months)
    assert StaleSummary.objects.filter(service=review.service_id).count() == 3
    assert _score(client) == {2: 1}
    assert keeping.settle() == 1
    _settled()
    assert _score(client) == {2: 1}


def test_as_many_queries_count_a_hundred_services_as_ten(
    mini: Scale, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in (10, 90):
        for service in ServiceFactory.create_batch(number):
            _handed_over(service, list(mini.items), [1, 4, 4])
        with django_assert_max_num_queries(35):
            assert keeping.settle() == number


# At the same time


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Whoever counts and whoever writes at the same time."""

    def test_what_is_being_written_is_left_alone_and_counted_afterwards(self, mini: Scale) -> None:
        review = _handed_over(ServiceFactory.create(), list(mini.items), [1, 4, 4])
        keeping.settle()
        wrote, go_on = threading.Event(), threading.Event()

        def write() -> None:
            with transaction.atomic():
                _issue(review, list(mini.items), [5, 4, 4])
                wrote.set()
                go_on.wait(10)
            connection.close()

        writer = threading.Thread(target=write)
        writer.start()
        assert wrote.wait(10)
        assert keeping.settle() == 0
        go_on.set()
        writer.join()
        assert keeping.settle() == 1
        assert list(keeping.faults()) == []

    def test_who_writes_while_it_is_counted_does_not_wait_and_marks_it_again(
        self, mini: Scale, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        review = _handed_over(ServiceFactory.create(), list(mini.items), [1, 4, 4])
        writer = _once_counted(monkeypatch, lambda: _issue(review, list(mini.items), [5, 4, 4]))
        # What was counted first is too old: it is counted once more, before all is done.
        assert keeping.settle([review.service_id]) == 2
        assert writer == ["done"]
        assert list(keeping.faults()) == []
        assert _on_the_first_item() == {5: 1}

    def test_what_is_counted_too_early_is_stale_until_it_is_counted_again(
        self, mini: Scale, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        review = _handed_over(ServiceFactory.create(), list(mini.items), [1, 4, 4])
        _once_counted(monkeypatch, lambda: _issue(review, list(mini.items), [5, 4, 4]))
        keeping._settle_some(StaleSummary.objects.all())
        assert StaleSummary.objects.get().service_id == review.service_id
        assert _on_the_first_item() == {5: 1}

    def test_two_who_count_the_same_service_take_turns_and_its_county_counts_it_once(
        self, mini: Scale, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        review = _handed_over(ServiceFactory.create(), list(mini.items), [1, 4, 4])
        other = _Aside(lambda: keeping.settle([review.service_id]))

        def write() -> None:
            _issue(review, list(mini.items), [5, 4, 4])
            other.start()
            assert not other.ended.wait(0.5)

        _once_counted(monkeypatch, write)
        keeping._settle_some(StaleSummary.objects.all())
        other.join()
        assert not StaleSummary.objects.exists()
        assert list(keeping.faults()) == []
        assert _on_the_first_item() == {5: 1}

    def test_nobody_waits_for_an_import_that_has_marked_the_same_service(self, mini: Scale) -> None:
        """Another review of it is made final, it moves, it is counted, and all is counted anew meanwhile."""
        service = ServiceFactory.create(county=county(HOME))
        imported, own = ReviewFactory.create_batch(2, service=service, scales=[], status="consensus")
        keeping.settle()
        wrote, go_on = threading.Event(), threading.Event()

        def write() -> None:
            with transaction.atomic():
                _issue(imported, list(mini.items), [2, 4, 4])
                wrote.set()
                go_on.wait(20)

        importing = _Aside(write)
        importing.start()
        try:
            assert wrote.wait(10)
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '1s'")
                _issue(own, list(mini.items), [3, 4, 4])
                Service.objects.update(county=county(AWAY))
            assert keeping.settle() == 1
            assert keeping.rebuild() == 1
            assert not StaleSummary.objects.exists()
        finally:
            go_on.set()
            importing.join()
        assert StaleSummary.objects.count() == 1
        assert keeping.settle() == 1
        assert list(keeping.faults()) == []

    def test_who_writes_does_not_wait_while_all_is_counted_anew(
        self, mini: Scale, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        review = _handed_over(ServiceFactory.create(), list(mini.items), [1, 4, 4])
        keeping.settle()
        writer = _once_counted(monkeypatch, lambda: _issue(review, list(mini.items), [5, 4, 4]))
        assert keeping.rebuild() == 2
        assert writer == ["done"]
        assert list(keeping.faults()) == []


class _Aside(threading.Thread):
    """Does something on a connection of its own."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self._act, self.ended = act, threading.Event()

    def run(self) -> None:
        """Do it."""
        try:
            self._act()
            self.ended.set()
        finally:
            connection.close()


def _once_counted(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> list[str]:
    """Let somebody else do something when services are counted for the first time, before that is kept. What is
    returned says that it was done.
    """
    count = keeping._counted
    told: list[str] = []

    def counted(services: Any) -> Any:
        found = count(services)
        if not told:
            told.append("begun")
            aside = _Aside(act)
            aside.start()
            assert aside.ended.wait(5)
            told[:] = ["done"]
        return found

    monkeypatch.setattr(keeping, "_counted", counted)
    return told


def _on_the_first_item() -> dict[int, int]:
    """Return how many services have which score on the first item, as somebody who sees figures of all is shown."""
    user = _national()
    (scale,) = scores.by_scale(counts.latest(Filters(), access.Sight(user, access._standing(user))))
    return {score: number for score, number in (scale.rows[0].counts or {}).items() if number}


def _national() -> User:
    user = User.objects.filter(roles__county=None, roles__kind="adviser").first()
    return user or RoleFactory.create(whole_country=True).user


def test_all_counties_are_there_to_be_counted_in() -> None:
    keeping.settle()
    ServiceFactory.create()
    keeping.settle()
    assert CountySummary.objects.count() == County.objects.count()


def test_nothing_is_left_of_a_service_that_is_deleted() -> None:
    service = ServiceFactory.create()
    keeping.settle()
    service.delete()
    assert not ServiceSummary.objects.exists()
    _settled()


def test_a_review_issued_again_counts_once(mini: Scale) -> None:
    review = final_review(scales=[mini], scores={"X1": 1}, evaluators=1)
    workflow.reissue(review, lead(review), "Feil.")
    review.refresh_from_db()
    issue(review, reason="Feil.")
    _settled()
    row = ServiceSummary.objects.get(pk=review.service_id)
    assert Latest(row.latest).services(mini.pk) == 1
