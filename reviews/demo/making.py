"""Makes the demonstration, review by review, through the workflow as people would."""

import csv
import datetime
import itertools
import tempfile
import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from reviews import figures, results, tagging, workflow
from reviews.demo import action_plan, checklists, texts
from reviews.demo.findings import ELEMENTS, FULL, LOW, LOWER, OWN, RECOUNTED, SECOND, Finding, Told
from reviews.demo.people import ADMINISTRATOR, DOMAIN, LOG_INS, PASSWORD
from reviews.demo.places import HISTORY, SERVICES
from reviews.exchange import importing
from reviews.models import (
    AgreedResult,
    County,
    Organisation,
    Partnership,
    Rating,
    ReportVersion,
    Review,
    Role,
    Seat,
    Service,
    TreatmentTeam,
    User,
)
from scales import scoring
from scales.models import Item, Scale

_THURSDAY = 3


def _at(day: datetime.date, hour: int) -> datetime.datetime:
    """Return an hour of a day in Norway."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))


class Demonstration:
    """The making of it, step by step."""

    def __init__(self) -> None:
        self._today = timezone.localdate()
        self._scales = list(Scale.objects.newest())
        self._items = {
            item.code: item
            for scale in self._scales
            for item in Item.objects.filter(section__scale=scale)
            .select_related("section")
            .order_by("section__position", "position")
        }
        self._services: dict[str, Service] = {}
        self._people: dict[str, User] = {}

    def make(self) -> None:
        """Make everything."""
        self._make_services()
        self._make_people()
        self._import_history()
        self._last_year()
        self._from_plans()
        self._self_reviews()
        self._cancelled()
        self._issued_twice()
        self._told_in_full()
        self._in_fact_check()
        self._in_consensus()
        self._in_scoring()
        self._planned()
        checklists.tick(self._today, self._people["landet"])

    # Places and people

    def _make_services(self) -> None:
        counties = {county.name: county for county in County.objects.all()}
        for name, (county, partners, teams) in SERVICES.items():
            service = Service.objects.create(name=name, county=counties[county])
            self._services[name] = service
            organisations = {
                organisation: Organisation.objects.create(name=organisation, kind=kind, county=service.county)
                for organisation, kind, _parts in partners
            }
            Partnership.objects.bulk_create(
                Partnership(service=service, organisation=organisations[organisation], part=part)
                for organisation, _kind, parts in partners
                for part in parts
            )
            TreatmentTeam.objects.bulk_create(
                TreatmentTeam(service=service, organisation=organisations[organisation], name=team, kind=kind)
                for team, kind, organisation in teams
            )

    def _make_people(self) -> None:
        password = make_password(PASSWORD)  # once: it is slow on purpose
        for log_in in LOG_INS:
            key = log_in.email.partition("@")[0]
            is_staff = log_in.email == ADMINISTRATOR
            self._people[key] = User.objects.create(
                email=log_in.email, password=password, name=log_in.name, is_staff=is_staff, is_superuser=is_staff
            )
        # Who reviews where the line manager leads the service is pointed out, and stands in the report.
        User.objects.filter(pk=self._people["evaluator-to"].pk).update(line_manager=self._people["leder"])
        for key, name in (("siv", "Siv Aas"), ("odd", "Odd Ruud"), ("tidligere", "Per Haug")):
            self._people[key] = User.objects.create_user(f"{key}@{DOMAIN}", name=name)
        begun = self._day(1500)
        supervisors = {
            "metodeveileder": ["IPS Bjørgvin", "IPS Fjordlandet", "IPS Havgap", "IPS Skogdal"],
            "siv": ["IPS Nordlysbyen", "IPS Havgap"],
            "odd": ["IPS Skogdal", "IPS Østbyen"],
        }
        kinds = Role.Kind
        roles = [
            Role(user=self._people[key], kind=kinds.METHOD_SUPERVISOR, service=self._services[name], start=begun)
            for key, names in supervisors.items()
            for name in names
        ]
        bjorgvin = self._services["IPS Bjørgvin"]
        roles += [
            Role(user=self._people["leder"], kind=kinds.MANAGER, service=bjorgvin, start=begun),
            Role(user=self._people["fylke"], kind=kinds.ADVISER, county=bjorgvin.county, start=begun),
            Role(user=self._people["landet"], kind=kinds.ADVISER, start=begun),
            Role(
                user=self._people["tidligere"],
                kind=kinds.METHOD_SUPERVISOR,
                service=bjorgvin,
                start=self._day(2500),
                end=self._day(1501),
            ),
        ]
        Role.objects.bulk_create(roles)

    def _day(self, days_ago: int) -> datetime.date:
        return self._today - datetime.timedelta(days=days_ago)

    def _visit(self, days_ago: int) -> datetime.date:
        """Return the nearest Monday to Thursday, before that day or for a visit to come after it."""
        day = self._day(days_ago)
        step = datetime.timedelta(days=1 if days_ago < 0 else -1)
        while day.weekday() > _THURSDAY:
            day += step
        return day

    # The steps of a review

    def _plan(
        self,
        service: str,
        days_ago: int,
        evaluators: Sequence[str] = ("evaluator", "evaluator-to"),
        *,
        days: int = 2,
        scales: Iterable[Scale] | None = None,
        observers: Sequence[str] = (),
        invited: Sequence[str] = (),
        **columns: Any,
    ) -> Review:
        """Plan a review whose first visit day is about so many days ago (below zero: to come); `invited` are the
        e-mails of evaluators without an account.
        """
        first = self._visit(days_ago)
        actor = self._people["landet"] if "kind" not in columns else self._people[evaluators[0]]
        plan = workflow.Plan(
            service=self._services[service],
            kind=columns.get("kind", Review.Kind.EXTERNAL),
            basis=columns.get("basis", Review.Basis.PRACTICE),
            first_day=first,
            last_day=first + datetime.timedelta(days=days - 1),
            scales=self._scales if scales is None else scales,
            evaluators=[*(self._people[key] for key in evaluators), *invited],
            observers=[self._people[key] for key in observers],
            report_due=first + datetime.timedelta(days=42),
        )
        review = workflow.plan(actor, plan)
        # Who can log in needs no letter about it; the invited wait for theirs.
        review.seats.filter(user__isnull=False).update(told_at=_at(first - datetime.timedelta(days=45), 10))
        self._set(review, created_at=_at(first - datetime.timedelta(days=45 + max(0, -days_ago)), 10))
        if (service, days_ago) in texts.BESIDE:
            workflow.save_context(review, self._lead(review), texts.BESIDE[service, days_ago])
        return review

    def _set(self, review: Review, **times: Any) -> None:
        """Move times back to when it would have happened."""
        Review.objects.filter(pk=review.pk).update(**times)

    def _lead(self, review: Review) -> User:
        return User.objects.get(seats__review=review, seats__is_lead=True)

    def _start(self, review: Review) -> None:
        workflow.start(review, self._lead(review))
        self._set(review, scoring_at=_at(review.first_day, 9))

    def _rate(
        self,
        review: Review,
        findings: Mapping[str, Finding],
        *,
        seats: Iterable[int] = (1, 2),
        second: Mapping[tuple[str, int], tuple[str, str]] | None = None,
    ) -> None:
        """Fill the sheets of these seats; `second` are the second evaluator's own words by item and score."""
        rated_at = _at(min(review.last_day, self._day(1)), 16)
        Rating.objects.bulk_create(
            Rating(
                seat=seat,
                item=self._items[code],
                updated_at=rated_at,
                **_own_sheet(finding, self._items[code], seat.number, second or {}),
            )
            for seat in review.seats.filter(number__in=list(seats))
            for code, finding in findings.items()
        )

    def _score_along(self, review: Review) -> None:
        """Fill a part of the observer's sheet."""
        seat = review.seats.get(kind=Seat.Kind.OBSERVER)
        Rating.objects.bulk_create(
            Rating(seat=seat, item=self._items[code], score=score, updated_at=_at(review.first_day, 15))
            for code, score in texts.OBSERVER.items()
        )

    def _hand_in(self, review: Review) -> None:
        day = min(review.last_day + datetime.timedelta(days=1), self._day(1))
        evaluators = review.seats.filter(kind=Seat.Kind.EVALUATOR)
        for seat in evaluators:
            workflow.hand_in(seat, User.objects.get(seats=seat))
        evaluators.update(handed_in_at=_at(day, 12))
        self._set(review, consensus_at=_at(day, 12))

    def _agree(self, review: Review, findings: Mapping[str, Finding], narrative: Mapping[str, Any]) -> None:
        """Write the agreed results and the texts."""
        lead = self._lead(review)
        agreed_at = _at(min(review.last_day + datetime.timedelta(days=5), self._day(1)), 11)
        rows = list(review.results.select_related("item"))
        for row in rows:
            finding = findings.get(row.item.code)
            if finding is not None:
                _write(row, finding)
                row.updated_by, row.updated_at = lead, agreed_at
        AgreedResult.objects.bulk_update(
            rows,
            ["score", "not_scored", "comment", "recommendation", "obstacles", "actors", "updated_by", "updated_at"],
        )
        workflow.save_narrative(review, lead, narrative)

    def _check_facts(self, review: Review, *, answered: bool = True, others: Sequence[str] = ()) -> None:
        """Send the draft out, and let everybody who was asked answer that they have no remarks."""
        workflow.send_to_fact_check(review, self._lead(review), others=others)
        sent = min(review.last_day + datetime.timedelta(days=8), self._day(3))
        review.respondents.filter(user__isnull=False).update(told_at=_at(sent, 10))
        if answered:
            for asked in User.objects.filter(pk__in=review.respondents.values("user")):
                workflow.answer(review, asked)
            review.respondents.update(answered_at=_at(sent + datetime.timedelta(days=6), 14))
        review.respondents.update(asked_at=_at(sent, 10))
        self._set(
            review,
            fact_check_at=_at(sent, 10),
            fact_check_due=sent + datetime.timedelta(days=workflow.FACT_CHECK_DAYS),
        )

    def _finish(self, review: Review, skipped: str = "") -> ReportVersion:
        """Make it final three weeks after the visit."""
        made_at = _at(review.last_day + datetime.timedelta(days=21), 13)
        version = workflow.finalise(review, self._lead(review), skipped, at=made_at)
        version.actions.update(created_at=made_at)
        return version

    def _whole(self, review: Review, findings: Mapping[str, Finding], narrative: Mapping[str, Any]) -> ReportVersion:
        """Take an external review all the way."""
        self._start(review)
        self._rate(review, findings)
        self._hand_in(review)
        self._agree(review, findings, narrative)
        self._check_facts(review)
        return self._finish(review)

    def _exchange(self, review: Review) -> None:
        """Take the draft back to the fact check's exchange: remarks, and what the evaluators did with each."""
        asked = User.objects.get(pk=review.respondents.values_list("user", flat=True).get())
        lead = self._lead(review)
        workflow.take_answer_back(review, asked)
        answered_at = review.fact_check_due
        for code, text, decision, answer, values in texts.REMARKS:
            remark = workflow.save_remark(review, asked, text, item=self._items[code] if code else None)
            workflow.decide(remark, lead, decision, answer, values)
        workflow.answer(review, asked)
        if answered_at is not None:
            day = answered_at - datetime.timedelta(days=4)
            review.respondents.update(answered_at=_at(day, 14))
            review.remarks.update(created_at=_at(day, 13), decided_at=_at(day + datetime.timedelta(days=1), 10))

    def _short(self, key: tuple[str, int], lead: str, two: str = "") -> dict[str, Finding]:
        """Return findings from scores in the order of the items; the agreed score is the lead's. `key` is the service
        and how many days ago the review was planned to begin.
        """
        first, second = _digits(lead), _digits(two or lead)
        found = {}
        for code, one, other in zip(list(self._items)[: len(first)], first, second, strict=True):
            told = OWN.get(key, {}).get(code) or {"2": LOWER, "3": LOW}.get(one, {}).get(code) or Told()
            elements = told.elements or ELEMENTS.get(code, ())[: _how_many(self._items[code], int(one))]
            found[code] = Finding((int(one), int(other)), int(one), *told[:-1], elements)
        return found

    # The reviews

    def _import_history(self) -> None:
        """Take in the results of earlier years from a spreadsheet, as a service would."""
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "Kvalitetsevalueringer tidligere år.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, delimiter=";")
                writer.writerow(["service", "county", "review_date", "kind", *self._items])
                for name, years in HISTORY.items():
                    county = self._services[name].county.name
                    newest = 420 if name != "IPS Bjørgvin" else 780
                    for age, scores in zip(itertools.count(newest + 360 * (len(years) - 1), -360), years, strict=False):
                        row = [digit.strip("-") for _code, digit in zip(self._items, _digits(scores), strict=True)]
                        writer.writerow([name, county, self._visit(age).isoformat(), "external", *row])
            outcome = importing.run(path)
        if outcome.faults.count:
            raise ValueError(f"The demonstration's own sheet has faults: {outcome.faults}")

    def _last_year(self) -> None:
        key = ("IPS Bjørgvin", 415)
        review = self._plan(*key)
        one, two = "545 43343433 34443434444334 432333443334", "544 43343433 34443434434334 433333443334"
        version = self._whole(review, self._short(key, one, two), texts.SHORT_NARRATIVES[key])
        action_plan.act(version, action_plan.LAST_YEAR)

    def _from_plans(self) -> None:
        key = ("IPS Havgap", 390)
        review = self._plan(*key, ["odd"], days=1, basis=Review.Basis.PLANS)
        findings = self._short(key, "555 54454453 44444444444444 434443443435")
        begun = {code: finding for code, finding in findings.items() if not code.startswith("T")}
        self._start(review)
        self._rate(review, begun)
        seat = review.seats.get()
        for section in {item.section for code, item in self._items.items() if code.startswith("T")}:
            workflow.leave_section_unscored(seat, section, self._lead(review), "not_started")
        self._hand_in(review)
        self._agree(review, begun, texts.PLANS_NARRATIVE)
        self._finish(
            review, "Tjenesten er ikke i gang, så det er ingen fakta å sjekke. Prosjektgruppen har lest utkastet."
        )

    def _self_reviews(self) -> None:
        for service, supervisor, days_ago, scores, is_shared in (
            ("IPS Bjørgvin", "metodeveileder", 210, "555 43444443 34444434454344", False),
            ("IPS Skogdal", "odd", 150, "444 33433333 33343333443334", True),
        ):
            ips = [scale for scale in self._scales if scale.code == "ips-25"]
            review = self._plan(service, days_ago, [supervisor], days=1, scales=ips, kind=Review.Kind.SELF)
            self._start(review)
            self._rate(review, self._short((service, days_ago), scores))
            workflow.save_narrative(review, self._lead(review), texts.SELF_NARRATIVES[service])
            version = self._finish(review)
            self._set(review, consensus_at=version.made_at)
            if is_shared:
                workflow.share(review, self._lead(review))
                self._set(review, shared_at=version.made_at + datetime.timedelta(days=7))
            else:
                action_plan.act(version, action_plan.SELF_REVIEW)

    def _cancelled(self) -> None:
        review = self._plan("IPS Østbyen", 330)
        self._start(review)
        workflow.cancel(
            review, self._lead(review), "Halve teamet var sykt på besøksdagene. Evalueringen planlegges på nytt."
        )
        self._set(review, cancelled_at=_at(review.first_day, 11))

    def _issued_twice(self) -> None:
        key = ("IPS Østbyen", 130)
        review = self._plan(*key)
        one, two = "454 43444433 43443443433344 433443343334", "454 43444433 43443443533344 433443343334"
        first = self._whole(review, self._short(key, one, two), texts.SHORT_NARRATIVES[key])
        lead = self._lead(review)
        workflow.reissue(review, lead, texts.WHY_AGAIN)
        values = {"score": 4, "comment": RECOUNTED, "recommendation": "", "obstacles": [], "actors": []}
        workflow.save_result(review, self._items["T10"], lead, values)
        made_at = first.made_at + datetime.timedelta(days=12)
        skipped = "Bare ett tall er rettet, etter melding fra tjenesten."
        workflow.finalise(review, lead, skipped, at=made_at)

    def _told_in_full(self) -> None:
        review = self._plan("IPS Bjørgvin", 52, observers=["observator"])
        review.teams.set(review.service.teams.all())
        self._set(review, show_fact_check=True)
        self._take_notes(review, texts.NOTES)
        self._start(review)
        self._rate(review, FULL)
        self._score_along(review)
        self._hand_in(review)
        self._agree(review, FULL, texts.NARRATIVE)
        code, score, reason = texts.CORRECTION
        workflow.correct(review, self._items[code], self._lead(review), score, reason)
        self._check_facts(review)
        review.refresh_from_db()
        self._exchange(review)
        version = self._finish(review)
        action_plan.act(version, action_plan.THIS_YEAR)
        action_plan.go_on(version, self._people["metodeveileder"])
        action_plan.add(version, self._items, self._people["metodeveileder"])

    def _take_notes(self, review: Review, notes: Iterable[tuple[str, str, int | None, tuple[str, ...], str]]) -> None:
        lead = self._lead(review)
        authors = itertools.cycle([lead, self._people["evaluator-to"]])
        for source, perspective, number, codes, text in notes:
            asked = None if number is None else (perspective, number)
            self._note(review, next(authors), codes, text, source=source, asked=asked)
        self._note(review, lead, ["O2"], texts.PRIVATE_NOTE, private=True)

    def _interview(self, review: Review, sheets: Iterable[tuple[str, str, list[tuple[str, str]]]]) -> None:
        """Let the evaluators talk to people in turn and write on the running sheets."""
        lead, day = self._lead(review), review.first_day
        authors = itertools.cycle([lead, self._people["evaluator-to"]])
        for (source, perspective, notes), author in zip(sheets, authors, strict=False):
            asked = (perspective, None) if perspective else None
            sheet = workflow.save_interview(review, author, source=source, asked=asked, date=day)
            private = [("", texts.PRIVATE_ON_SHEET)] if author == lead else []
            for codes, text in notes + private:
                named = codes.split() + tagging.hashtags(text, self._items)
                values = {
                    "text": text,
                    "items": sorted(self._items[code].pk for code in named),
                    "private": (codes, text) in private,
                }
                workflow.save_note(review, uuid.uuid4(), author, values, interview=sheet)

    def _note(
        self,
        review: Review,
        author: User,
        codes: Iterable[str],
        text: str,
        *,
        source: str = "",
        asked: tuple[str, int] | None = None,
        private: bool = False,
    ) -> None:
        perspective, number = asked or ("", None)
        values = {
            "text": text,
            "source": source,
            "perspective": perspective,
            "number": number,
            "date": review.first_day,
            "private": private,
            "items": sorted(self._items[code].pk for code in codes),
        }
        workflow.save_note(review, uuid.uuid4(), author, values)

    def _in_fact_check(self) -> None:
        key = ("IPS Fjordlandet", 16)
        review = self._plan(*key)
        one, two = "545 43443433 43443434444344 433343343334", "545 43443433 43443434444334 433343343334"
        findings = self._short(key, one, two)
        self._start(review)
        self._rate(review, findings)
        self._hand_in(review)
        self._agree(review, findings, texts.SHORT_NARRATIVES[key])
        self._check_facts(review, answered=False, others=[f"teamleder@{DOMAIN}"])
        asked = self._people["metodeveileder"]
        for code, text in texts.OPEN_REMARKS:
            workflow.save_remark(review, asked, text, item=self._items[code])
        first = review.remarks.order_by("created_at").first()
        if first is not None:
            workflow.decide(first, self._lead(review), "kept", "Teamet var ikke fulltallig da vi besøkte dere.")

    def _in_consensus(self) -> None:
        """The last review stands beside this one, with what became of its advice."""
        key = ("IPS Nordlysbyen", 430)
        one, two = "433 33333322 33232333343333 322332333233", "433 33333322 33242333343333 322332333233"
        version = self._whole(self._plan(*key), self._short(key, one, two), texts.SHORT_NARRATIVES[key])
        action_plan.act(version, action_plan.THIS_YEAR)
        key = ("IPS Nordlysbyen", 6)
        review = self._plan(*key)
        one, two = "444 33433332 33343333443334 432333343233", "544 33415332 34343133443334 432333343234"
        findings = self._short(key, one, two)
        self._start(review)
        self._take_notes(review, texts.CONSENSUS_NOTES)
        self._interview(review, texts.INTERVIEWS[:2])
        self._rate(review, findings, second=SECOND)
        self._hand_in(review)
        begun = {code: findings[code] for code in ("B1", "B2", "B3", "O1", "O2")}
        self._agree(review, begun, texts.SHORT_NARRATIVES[key])

    def _in_scoring(self) -> None:
        """One evaluator has handed in, and the other is under way."""
        key = ("IPS Havgap", 1)
        review = self._plan(*key, observers=["observator"])
        self._give(review, texts.GIVEN)
        self._start(review)
        self._score_along(review)
        findings = self._short(key, "554 53333333 33343334433333 332333333233")
        self._rate(review, findings, seats=[2])
        second = review.seats.get(number=2)
        workflow.hand_in(second, self._people["evaluator-to"])
        seat, lead = review.seats.get(number=1), self._lead(review)
        for code, (score, comment, counts) in texts.SCORING.items():
            counted = {(name, 0): Decimal(value) for name, value in counts.items()}
            there = {f"element_{index}": True for index in texts.SCORING_ELEMENTS.get(code, ())}
            workflow.save_rating(seat, self._items[code], lead, {"score": score, "comment": comment} | there, counted)
        self._note(
            review,
            lead,
            ["T4"],
            "Deltakeren fikk møte en arbeidsgiver den tredje uken.",
            source="INT",
            asked=("deltaker", 1),
        )
        self._interview(review, texts.INTERVIEWS)
        for code, source in texts.CLOSED:
            workflow.close_source(review, self._items[code], source, lead)

    def _planned(self) -> None:
        """One evaluator is invited and has not answered, and the service has begun to give figures; the other review is
        between two services that review each other.
        """
        review = self._plan("IPS Skogdal", -20, ["evaluator"], invited=[f"ny-evaluator@{DOMAIN}"])
        self._give(review, texts.GIVEN_IN_PART)
        self._plan("IPS Østbyen", -75, ["evaluator-to", "siv"])

    def _give(self, review: Review, given: Mapping[str, Sequence[str]]) -> None:
        """Let the metodeveileder give figures before the visit."""
        values: dict[figures.Key, Decimal | None] = {}
        for table in figures.asked(results.pinned_scales(review)):
            first = 0 if table.per == figures.Per.SERVICE else 1
            for item, columns in table.items.items():
                for number, row in enumerate(given.get(item.code, ()), start=first):
                    found = zip(columns, row.split(), strict=True)
                    values |= {(column, number): Decimal(value) for column, value in found if value != "-"}
        workflow.give_figures(review, self._people["metodeveileder"], values)
        review.given_figures.update(updated_at=_at(min(self._visit(6), review.first_day), 8))


def _digits(scores: str) -> str:
    return scores.replace(" ", "")


def _how_many(item: Item, score: int) -> int:
    """Return the most of an item's elements that its measure gives a score for, none where it counts none."""
    measure = item.parsed_measure()
    if measure is None or measure.kind is not scoring.Kind.ELEMENTS:
        return 0
    return min([int(limit) - 1 for above, limit in measure.thresholds if above > score], default=len(item.elements))


def _own_sheet(
    finding: Finding, item: Item, number: int, second: Mapping[tuple[str, int], tuple[str, str]]
) -> dict[str, Any]:
    """Return what the evaluator in seat `number` has on the sheet: the lead writes more."""
    score = finding.scores[min(number, 2) - 1]
    sheet: dict[str, Any] = {"score": score}
    order = [*finding.elements, *(each for each in ELEMENTS.get(item.code, ()) if each not in finding.elements)]
    found = len(finding.elements) if score == finding.agreed else _how_many(item, score)
    sheet["elements"] = sorted(order[:found])
    if number == 2:
        sheet["comment"], sheet["recommendation"] = second.get((item.code, score), ("", ""))
    if number == 1:
        sheet |= {"comment": finding.comment, "recommendation": finding.recommendation}
        sheet["obstacles"], sheet["actors"] = list(finding.obstacles), list(finding.actors)
    return sheet


def _write(row: AgreedResult, finding: Finding) -> None:
    row.score, row.comment, row.recommendation = finding.agreed, finding.comment, finding.recommendation
    row.obstacles, row.actors = list(finding.obstacles), list(finding.actors)
