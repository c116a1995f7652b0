"""Hostile input: every address and every form, as every role. Nothing breaks, nothing is told, nothing changes.

Chance picks who comes by and what is sent, the same each time; `HOSTILE=full` sends all of it.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import models
from django.db.models.functions import Cast as ToText
from django.db.models.functions import Concat
from django.test import override_settings

from reviews.models import (
    ActionPoint,
    AuditEvent,
    FinalScore,
    Organisation,
    ReportVersion,
    Review,
    ReviewStep,
    Service,
    TemplateStep,
    TreatmentTeam,
    Upload,
    User,
)
from reviews.models.fields import LongText
from reviews.report import pdf as report_pdf
from tests.cast import PDF, Cast, cast_for
from tests.factories import (
    FIRST_DAY,
    InterviewFactory,
    NoteFactory,
    PartnershipFactory,
    RemarkFactory,
    RespondentFactory,
    ReviewStepFactory,
    RoleFactory,
    ServiceFactory,
    TeamFactory,
    UploadFactory,
    UserFactory,
    county,
    issue,
    items_of,
    scored_review,
)
from tests.reviews.addresses import Address, of_the_administration, of_the_work
from tests.reviews.browsing import Page
from tests.reviews.crawler import Crawler, Visitor
from tests.reviews.hostile_input import CHANGES, STORED, VALUES
from tests.reviews.test_urls import other_addresses

pytestmark = pytest.mark.django_db

FULL = os.environ.get("HOSTILE") == "full"
SEED = 7

FOREIGN = "Kanarifugl"
"""Stands in every text of a service that nobody here has to do with but who advises the whole country."""
FOREIGN_MAIL = "kanari.example"
BLIND = "Sneugle"
"""Stands in every text that the second evaluator keeps to themselves, or that is still theirs alone."""

_NAMES = {
    Service: "name",
    TreatmentTeam: "name",
    Organisation: "name",
    User: "name",
    Upload: "name",
    ReviewStep: "text",
    ActionPoint: "owner",
}
"""Short texts that people write."""

_WRITTEN_ONCE = (AuditEvent, ReportVersion, FinalScore, TemplateStep)

_TOLD = ("recipients", "purpose", "method", "summary", "strengths", "outside_meetings", "outside_economy")
"""What is written of a review as a whole."""


def _write(text: str, spared: dict[type[models.Model], set[Any]]) -> None:
    """Put a text where people have written one, in all rows but those that are spared."""
    for model in apps.get_app_config("reviews").get_models():
        rows = model._default_manager.exclude(pk__in=spared.get(model, set()))
        if model in _WRITTEN_ONCE:
            continue
        # What belongs to a final review is locked.
        names = {field.name for field in model._meta.concrete_fields}
        for way, part in (
            ("status", model is Review),
            ("review__status", "review" in names),
            ("seat__review__status", "seat" in names),
        ):
            if part:
                rows = rows.exclude(**{way: Review.Status.FINAL})
        for field in model._meta.concrete_fields:
            if isinstance(field, LongText):
                rows.exclude(**{field.name: ""}).update(**{field.name: text})
            elif _NAMES.get(model) == field.name:
                for number, row in enumerate(rows):
                    # Of a service, an administrator reads the name and no more.
                    cut = text.replace("tekst", "navn")[: (field.max_length or 200) - 5]
                    model._default_manager.filter(pk=row.pk).update(**{field.name: f"{cut} {number}"})
        if model is Review:
            rows.update(**dict.fromkeys(_TOLD, text[:500]))


def _rows() -> dict[type[models.Model], set[Any]]:
    """Return the keys of all rows of the work."""
    return {
        model: set(model._default_manager.values_list("pk", flat=True))
        for model in apps.get_app_config("reviews").get_models()
    }


@dataclass(frozen=True)
class World:
    """The cast around a review, in whose texts hostile ones stand, and a service that is none of theirs."""

    cast: Cast
    foreign: Review
    foreign_keys: dict[type[models.Model], set[Any]]

    def visitors(self) -> dict[str, Visitor]:
        """Return everybody by what they are, and somebody without an account."""
        found = {}
        for name, user in self.cast.people().items():
            hidden = [] if name in ("national_adviser", "administrator") else [FOREIGN, FOREIGN_MAIL]
            if name == "administrator":
                hidden = [f"{FOREIGN} tekst"]
            if name != "evaluator_two" and self.cast.review.status in ("planned", "scoring"):
                hidden.append(BLIND)
            found[name] = Visitor(name, user, tuple(hidden))
        return {**found, "nobody": Visitor("nobody", None, (FOREIGN, FOREIGN_MAIL, BLIND))}

    def foreign_rows(self) -> list[Any]:
        """Return what nobody here may change: the rows of the work that are the other service's."""
        return [
            sorted(model._default_manager.filter(pk__in=keys).values_list(), key=str)
            for model, keys in self.foreign_keys.items()
            if model not in (AuditEvent, User)
        ]

    def foreign_ids(self) -> list[str]:
        """Return keys that belong to other people."""
        found = [
            str(key) for model, keys in self.foreign_keys.items() if model is not AuditEvent for key in list(keys)[:3]
        ]
        return sorted(found)


def _furnish(review: Review, author: User, upload_by: User) -> None:
    """Add to a review what has addresses of its own."""
    NoteFactory.create(review=review, author=author)
    NoteFactory.create(review=review, author=author, on_sheet=True, interview__made_by=author)
    InterviewFactory.create(review=review, made_by=author)
    ReviewStepFactory.create(review=review)
    UploadFactory.create(user=upload_by)
    review.teams.add(TeamFactory.create(service=review.service))
    PartnershipFactory.create(service=review.service)


def _foreign() -> Review:
    """Make a service of other people: in another county, with a review in fact check and one that is final."""
    people = [UserFactory.create(email=f"kanari{number}@{FOREIGN_MAIL}") for number in range(4)]
    service: Service = ServiceFactory.create(county=county("Finnmark"))
    RoleFactory.create(user=people[2], service=service)
    adviser = RoleFactory.create(user=people[3], adviser=True, county=service.county).user
    before = scored_review(
        "consensus", service=service, evaluators=people[:2], first_day=FIRST_DAY.replace(year=FIRST_DAY.year - 1)
    )
    review = scored_review("fact_check", service=service, evaluators=people[:2])
    _furnish(review, people[0], adviser)
    RemarkFactory.create(respondent=RespondentFactory.create(review=review, user=people[2]))
    _write(f"{FOREIGN} tekst", {})
    before.refresh_from_db()
    issue(before, pdf=PDF)
    # Who could review, and which bodies could act, is offered beyond the county.
    User.objects.filter(pk__in=[person.pk for person in people]).update(name="Fremmed Person")
    Organisation.objects.update(name=Concat(models.Value("DPS "), ToText("pk", models.CharField())))
    review.refresh_from_db()
    return review


def _world(state: str) -> World:
    """Make the cast around a review in a state, with hostile texts, beside the service of others."""
    foreign = _foreign()
    keys = _rows()
    status = Review.Status.FACT_CHECK if state in ("fact_check", "final") else state
    cast = cast_for(status)
    _furnish(cast.review, cast.evaluator, cast.adviser)
    NoteFactory.create(review=cast.review, author=cast.evaluator_two, private=True)
    if status == Review.Status.FACT_CHECK:
        RemarkFactory.create(respondent=cast.review.respondents.get(user=cast.method_supervisor))
    _write(STORED, keys)
    cast.review.notes.filter(private=True).update(text=BLIND)
    if state == "scoring":
        for rating in cast.seat("evaluator_two").ratings.all():
            texts = dict.fromkeys(("comment", "recommendation", "departure"), BLIND)
            type(rating).objects.filter(pk=rating.pk).update(**texts)
    cast.review.refresh_from_db()
    if state == "final":
        cast.review.remarks.update(decision="kept", decided_at=cast.review.consensus_at)
        issue(cast.review, pdf=PDF)
    cast.service.refresh_from_db()
    cast.review.refresh_from_db()
    return World(cast, foreign, keys)


@pytest.fixture(autouse=True)
def _as_printed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hand out what would be printed in place of the PDF, on a day of the fact check."""
    monkeypatch.setattr(report_pdf, "render", lambda content, *, draft: report_pdf.html(content, draft=draft).encode())
    monkeypatch.setattr(report_pdf, "write", lambda source, *, style: source.encode())
    with time_machine.travel(FIRST_DAY.replace(month=10, day=1)):
        yield


def _some(dice: random.Random, found: list[Any], number: int, *, full: bool = FULL) -> list[Any]:
    return found if full else dice.sample(found, min(number, len(found)))


def _few_of_each(addresses: list[Address]) -> list[Address]:
    """Return the addresses without the many that differ in a row's key alone."""
    counted: Counter[str] = Counter()
    kept = []
    for address in addresses:
        counted[address.name] += 1
        if FULL or counted[address.name] <= 2 or not {"action", "number", "token"} & address.arguments.keys():
            kept.append(address)
    return kept


def _who_may(crawler: Crawler, visitors: dict[str, Visitor], address: Address) -> tuple[Visitor, Page]:
    """Return somebody who is shown the page, and what is shown; where nobody is, the last who was not."""
    likely = ["evaluator", "method_supervisor", "adviser", "national_adviser", "respondent", "administrator"]
    order = [name for name in likely if name in visitors] or list(visitors)
    for name in order:
        page = crawler.read(visitors[name], address.path)
        if page.status == 200:
            break
    return visitors[name], page


@pytest.mark.parametrize("state", ["planned", "scoring", "fact_check", "final"])
def test_nothing_breaks_nothing_is_told_and_nothing_changes(state: str) -> None:
    dice = random.Random(f"{SEED} {state}")
    world = _world(state)
    visitors = world.visitors()
    crawler = Crawler(dice, foreign_rows=world.foreign_rows)
    items = items_of(world.cast.review)[:1]
    addresses = of_the_work(world.cast.review, items)
    foreign = of_the_work(world.foreign, items)
    with crawler.watching():
        _crawl(crawler, visitors, _few_of_each(addresses), world.foreign_ids())
        for address in _few_of_each(foreign):
            for name in _some(dice, list(visitors), 2):
                crawler.read(visitors[name], address.path)
    _hold(crawler)


def test_log_in_and_administration_hold_too() -> None:
    dice = random.Random(SEED)
    world = _world("planned")
    visitors = world.visitors()
    crawler = Crawler(dice, foreign_rows=world.foreign_rows)
    rest = [Address(name, {}, path) for name, paths in other_addresses().items() for path in sorted(paths)]
    rows = (world.cast.service, world.cast.observer, world.cast.manager.roles.get(), Organisation.objects.first())
    kept = of_the_administration(*(row for row in rows if row is not None))
    with crawler.watching():
        for name in ("nobody", "outsider", "administrator"):
            _crawl(crawler, {name: visitors[name]}, _some(dice, rest, 15) + _some(dice, kept, 15), world.foreign_ids())
    _hold(crawler)


def _hold(crawler: Crawler) -> None:
    """Hold that there was something to find, and that nothing was found."""
    assert crawler.answers.total() > 100
    # Who is sent away from everything has tried nothing.
    assert crawler.answers[200] > crawler.answers.total() / 10, crawler.answers
    assert not crawler.faults, f"{len(crawler.faults)} of {crawler.answers}\n" + "\n".join(
        fault[:2000] for fault in crawler.faults[:40]
    )


def _crawl(
    crawler: Crawler,
    visitors: dict[str, Visitor],
    addresses: list[Address],
    foreign: list[str],
    *,
    full: bool = FULL,
) -> None:
    """Read every address as one who may and as others, and misuse it and every form on it."""
    dice, seen = crawler.dice, set[tuple[Any, ...]]()
    for address in addresses:
        visitor, page = _who_may(crawler, visitors, address)
        for name in _some(dice, list(visitors), 1, full=full):
            crawler.read(visitors[name], address.path)
        crawler.misuse_address(visitor, address, times=9 if full else 1)
        crawler.misuse_filters(visitor, page, _some(dice, list(VALUES), 1, full=full))
        for form in page.forms():
            kind = (address.name, tuple(sorted(form.controls)))
            if kind in seen:
                continue
            seen.add(kind)
            crawler.misuse_form(visitor, form, _some(dice, [*CHANGES, "other people's ids"], 2, full=full), foreign)
            crawler.forge(visitor, form)


# The crawler finds what it looks for


@pytest.mark.parametrize(
    ("hole", "fault"),
    [
        ("unguarded", f"tells …'{FOREIGN}"),
        ("unescaped", "not escaped"),
        ("echoing", "not escaped"),
        ("breaking", "ValueError"),
        ("writing", "['reviews_review'] changed"),
        ("unsigned", "token: POST"),
        ("reaching_over", "other people's rows changed"),
    ],
)
def test_the_crawler_finds_a_planted_hole(hole: str, fault: str) -> None:
    dice = random.Random(SEED)
    world = _world("planned")
    visitors = world.visitors()
    crawler = Crawler(dice, foreign_rows=world.foreign_rows)
    with override_settings(ROOT_URLCONF="tests.reviews.planted"), crawler.watching():
        items = items_of(world.cast.review)[:1]
        for review in (world.cast.review, world.foreign):
            for address in of_the_work(review, items, "planted:"):
                if address.name == hole:
                    _crawl(crawler, visitors, [address], world.foreign_ids(), full=True)
    assert any(fault in found for found in crawler.faults), crawler.faults[:5]
