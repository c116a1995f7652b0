"""Who may see and do what: the one place that views, exports and partials ask.

A person sees a review through a seat in it, a role for its service, or as adviser of its county or of the whole
country. An
administrator sees no review. Everyone else is an outsider, to whom a review does not exist (404); one who sees it but
may not do a
thing is refused (403).
"""

import datetime
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeVar, cast

from django.core.exceptions import PermissionDenied
from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.http import Http404
from django.utils import timezone

from ipsreview import context
from reviews import speaking
from reviews.listed import Listed
from reviews.models import (
    ActionPoint,
    County,
    Erasure,
    FactCheckRespondent,
    ReportVersion,
    Review,
    Role,
    Seat,
    Service,
    Upload,
    User,
)
from reviews.prepared import Given, Prepared, hold

_BLIND = (Review.Status.PLANNED, Review.Status.SCORING, Review.Status.CONSENSUS)
_CLOSED = (Review.Status.FINAL, Review.Status.CANCELLED)


@dataclass(frozen=True)
class Standing:
    """What a person is today, apart from seats: the services they lead or manage, and what they advise."""

    supervises: frozenset[uuid.UUID]
    manages: frozenset[uuid.UUID]
    counties: frozenset[int]
    whole_country: bool

    @property
    def is_adviser(self) -> bool:
        """Whether the person is a regional IPS adviser anywhere."""
        return self.whole_country or bool(self.counties)

    def advises(self, service: Service) -> bool:
        """Whether the person is adviser where the service is."""
        return self.whole_country or service.county_id in self.counties

    @property
    def shape(self) -> "Shape":
        """What a query hangs on of all this."""
        return Shape(bool(self.supervises), bool(self.manages), bool(self.counties), self.whole_country)

    @property
    def may_edit_template(self) -> bool:
        """Whether the person edits the checklist that every new external review begins with: who advises the whole
        country.
        """
        return self.whole_country

    def advised(self, county: str) -> Q:
        """Return the condition for rows whose county, by the path `county`, the person advises."""
        # Not an empty Q: joined to another by "or" it would vanish, and let nobody in.
        return Q(Value(value=True)) if self.whole_country else Q(**{f"{county}__in": self.counties})


@dataclass(frozen=True)
class Shape:
    """What there is of a standing, without telling which: all with the same are asked for in the same SQL."""

    supervises: bool
    manages: bool
    counties: bool
    whole_country: bool

    def asked(self, user: "User | Given", today: datetime.date) -> Standing:
        """Return a standing for queries alone, whose services and counties are asked for in them."""

        def of(kind: str, what: str, *, there: bool) -> Any:
            roles = Role.objects.current(today).filter(**{"user": user, "kind": kind, f"{what}__isnull": False})
            return roles.order_by().values(what).query if there else frozenset()

        return Standing(
            of(Role.Kind.METHOD_SUPERVISOR, "service", there=self.supervises),
            of(Role.Kind.MANAGER, "service", there=self.manages),
            of(Role.Kind.ADVISER, "county", there=self.counties),
            self.whole_country,
        )


NOTHING = Standing(frozenset(), frozenset(), frozenset(), whole_country=False)
"""What most evaluators are apart from seats."""


def standing(user: User) -> Standing:
    """Return what the person is today: one query, and within a request none the second time."""
    kept = context.current.get().kept
    if kept is None:
        return _standing(user)
    if (Standing, user.pk) not in kept:
        kept[Standing, user.pk] = _standing(user)
    found: Standing = kept[Standing, user.pk]
    return found


def ask_anew(user: User) -> None:
    """Forget what the person was found to be within this request: it has waited."""
    (context.current.get().kept or {}).pop((Standing, user.pk), None)


def _standing(user: User) -> Standing:
    supervises, manages, counties = set(), set(), set()
    whole_country = False
    roles = Role.objects.current().filter(user=user).order_by()
    for kind, service, county in roles.values_list("kind", "service", "county"):
        if kind == Role.Kind.METHOD_SUPERVISOR and service:
            supervises.add(service)
        elif kind == Role.Kind.MANAGER and service:
            manages.add(service)
        elif kind == Role.Kind.ADVISER:
            if county is None:
                whole_country = True
            else:
                counties.add(county)
    return Standing(frozenset(supervises), frozenset(manages), frozenset(counties), whole_country)


def must_have_two_factors(user: User) -> bool:
    """Whether the person may come in with two factors only: who has a seat in a review that is not cancelled, who
    advises, and who keeps the accounts. At most one query beside the standing.
    """
    if user.is_staff or standing(user).is_adviser:
        return True
    seats = Seat.objects.filter(user=user, removed_at=None).exclude(review__status=Review.Status.CANCELLED)
    return seats.exists()


def visible_reviews(user: User | Given, known: Standing | None = None) -> QuerySet[Review]:
    """Return the reviews whose existence and progress the person may see; what more is told by a Permit. Of who is
    Given later, the standing has to be `known`.
    """
    who = known or standing(cast("User", user))
    rule = Q(pk__in=_own_reviews(user, who))
    return Review.objects.filter(rule | _as_adviser(who) if who.is_adviser else rule)


def own_reviews(user: User | Given, who: Standing) -> QuerySet[Review]:
    """Return the reviews that the person sees otherwise than as adviser: theirs, and few, however many there are."""
    return Review.objects.filter(pk__in=_own_reviews(user, who))


def seen_in_parts(user: User | Given, who: Standing) -> list[QuerySet[Review]]:
    """Return visible_reviews() in parts, of which none is in two: of an adviser those that they see as such, by
    conditions that an index knows, and those that they see otherwise alone.
    """
    own = own_reviews(user, who)
    return [Review.objects.filter(_as_adviser(who)), own.filter(~_as_adviser(who))] if who.is_adviser else [own]


def advised_reviews(user: User | Given, who: Standing) -> QuerySet[Review]:
    """Return the reviews that the person sees as adviser and not otherwise: with own_reviews() all that they see."""
    if not who.is_adviser:
        return Review.objects.none()
    return Review.objects.filter(~Q(pk__in=_own_reviews(user, who)) & _as_adviser(who))


def _as_adviser(who: Standing) -> Q:
    return who.advised("service__county") & (Q(kind=Review.Kind.EXTERNAL) | Q(shared_at__isnull=False))


def _own_reviews(user: User | Given, who: Standing) -> QuerySet[Any]:
    """Return the keys of the reviews that the person sees otherwise than as adviser. Each way to a review has an index
    of its own, of which a database can use several only where their finds are put together.
    """
    found: list[QuerySet[Any]] = []
    if who.supervises:
        found.append(Review.objects.filter(service__in=who.supervises).values("pk"))
    if who.manages:
        handed_over = Exists(ReportVersion.objects.filter(review=OuterRef("pk")))
        found.append(Review.objects.filter(handed_over, service__in=who.manages).values("pk"))
    # What was handed over stays with those who were asked, also while it is being issued again.
    handed_over = Exists(ReportVersion.objects.filter(review=OuterRef("review")))
    asked = FactCheckRespondent.objects.filter(handed_over | Q(review__status=Review.Status.FACT_CHECK), user=user)
    found.append(asked.values("review"))
    seated = Seat.objects.filter(user=user, removed_at=None).values("review")
    return seated.order_by().union(*(each.order_by() for each in found))


def seen_among(reviews: Iterable[Listed], service: Service, who: Standing) -> list[Listed]:
    """Return those of the reviews of a service, as reviews.listed has them, that the person sees. Of the others a page
    says no more than when the next one is due.
    """
    supervises, manages = service.pk in who.supervises, service.pk in who.manages
    advises = who.advises(service)
    return [
        each
        for each in reviews
        if _exists_for(
            _Ties(
                is_seated=each.is_seated,
                supervises=supervises,
                advises=advises and _is_for_advisers(each),
                manages=manages,
                is_respondent=each.is_asked,
                has_version=each.version is not None,
                in_check=each.status == Review.Status.FACT_CHECK,
            )
        )
    ]


def _is_for_advisers(review: Review | Listed) -> bool:
    """Whether the adviser of its service sees a review."""
    return review.is_external or review.shared_at is not None


class _Tied(Protocol):
    """What of a person and of a review decides whether it exists for them; asked for in the order of the rule."""

    @property
    def is_seated(self) -> bool: ...
    @property
    def supervises(self) -> bool: ...
    @property
    def advises(self) -> bool: ...
    @property
    def manages(self) -> bool: ...
    @property
    def is_respondent(self) -> bool: ...
    @property
    def has_version(self) -> bool: ...
    @property
    def in_check(self) -> bool: ...


class _Ties(NamedTuple):
    """All of that, where it is known already."""

    is_seated: bool
    supervises: bool
    advises: bool
    manages: bool
    is_respondent: bool
    has_version: bool
    in_check: bool


def _exists_for(tied: _Tied) -> bool:
    """Whether a review exists for a person, as visible_reviews() says of all."""
    if tied.is_seated or tied.supervises or tied.advises or (tied.manages and tied.has_version):
        return True
    return tied.is_respondent and (tied.in_check or tied.has_version)


def readable_reviews(user: User, known: Standing | None = None) -> QuerySet[Review]:
    """Return the reviews of which the person may read what was handed over, as Permit.may_read_versions says of one."""
    has_version = ReportVersion.objects.filter(review=OuterRef("pk"))
    return visible_reviews(user, known).filter(Exists(has_version))


def sees_checklist(user: User | Given, who: Standing, path: str = "") -> Q:
    """Return the condition for reviews whose checklist the person sees, as Permit.may_see_checklist says of one, for
    rows whose review stands at a path ("review__").
    """
    seated = Seat.objects.filter(review=OuterRef(f"{path}pk"), user=user, removed_at=None)
    rule = Q(Exists(seated)) | Q(**{f"{path}service__in": who.supervises})
    if who.is_adviser:
        rule |= who.advised(f"{path}service__county")
    return rule & Q(**{f"{path}kind": Review.Kind.EXTERNAL})


def reviews_to_start_from(permit: "Permit") -> QuerySet[Review]:
    """Return the reviews whose numbers a person who works on a review may have beside it: those they see, and external
    ones, with which its report compares it.
    """
    visible = visible_reviews(permit.user, permit.standing)
    return Review.objects.filter(Q(kind=Review.Kind.EXTERNAL) | Q(pk__in=visible.values("pk")))


@dataclass(frozen=True)
class Sight:
    """What a person sees of the reviews that figures of several services are made from."""

    user: User
    standing: Standing

    @property
    def visible(self) -> QuerySet[Review]:
        """The reviews that figures are made from and that the person sees."""
        return speaking.counted_reviews().filter(pk__in=visible_reviews(self.user, self.standing).values("pk"))

    @property
    def elsewhere(self) -> QuerySet[Service]:
        """The services outside what the person advises of which they may see reviews: as those who work there, review
        it or were asked.
        """
        if self.standing.whole_country:
            return Service.objects.none()
        seated = Seat.objects.filter(user=self.user, removed_at=None)
        asked = FactCheckRespondent.objects.filter(user=self.user)
        known = Q(pk__in=self.standing.supervises | self.standing.manages)
        known |= Q(pk__in=seated.values("review__service")) | Q(pk__in=asked.values("review__service"))
        return Service.objects.filter(known).exclude(county__in=self.standing.counties)

    def sees_county(self, county: int) -> bool:
        """Whether the person sees every review that figures are made from in a county."""
        return self.standing.whole_country or county in self.standing.counties


@dataclass(frozen=True)
class OverviewScope(Sight):
    """What a regional IPS adviser may ask for in the view across services: the counties they advise one by one or all
    together, and of the whole country what limits the figures (see reviews.overview.limit).
    """

    counties: tuple[County, ...]

    @property
    def sees_all(self) -> bool:
        """Whether no service is hidden from the person, so that they may ask for whatever they like."""
        return self.standing.whole_country


def overview_scope(user: User, known: Standing | None = None) -> OverviewScope:
    """Return what the person may ask for across services: two queries. Raises PermissionDenied for who advises
    nowhere.
    """
    who = known or standing(user)
    if not who.is_adviser:
        raise PermissionDenied
    return OverviewScope(user, who, tuple(County.objects.filter(who.advised("pk")).order_by("code")))


def visible_services(user: User, known: Standing | None = None) -> QuerySet[Service]:
    """Return the services the person has a role for, advises, has a seat in a review of, or checks the facts for."""
    who = known or standing(user)
    if who.whole_country:
        return Service.objects.all()
    seated = Seat.objects.filter(user=user, removed_at=None).order_by().values("review__service")
    asked = FactCheckRespondent.objects.filter(user=user).order_by().values("review__service")
    own = Service.objects.filter(pk__in=who.supervises | who.manages).order_by().values("pk")
    rule = Q(pk__in=seated.union(asked, own))
    if who.is_adviser:
        rule |= who.advised("county")
    return Service.objects.filter(rule)


def plannable_services(user: User, known: Standing | None = None) -> QuerySet[Service]:
    """Return the services for which the person may plan a review: as their adviser, or as the service's
    metodeveileder.
    """
    who = known or standing(user)
    rule = Q(pk__in=who.supervises)
    if who.is_adviser:
        rule |= who.advised("county")
    return Service.objects.filter(rule)


def may_plan_any(user: User, known: Standing) -> bool:
    """Whether there is a service for which the person may plan a review: at most one query."""
    # A role is for a service that is there.
    if known.supervises:
        return True
    return bool(_any_service.rows()) if known.whole_country else plannable_services(user, known).exists()


_any_service = Prepared(lambda: Service.objects.order_by().values_list("pk")[:1])


def plannable_kinds(service: Service, known: Standing) -> list[str]:
    """Return the kinds of review the person may plan for a service: a self-review is begun by its metodeveileder alone,
    since nobody else sees it.
    """
    if service.pk in known.supervises:
        return [Review.Kind.EXTERNAL, Review.Kind.SELF]
    return [Review.Kind.EXTERNAL] if known.advises(service) else []


@dataclass(frozen=True)
class _Beside:
    """What decides beside the seats: whether the person was asked in the fact check, whether the review has a version,
    and when its working material was last deleted for good.
    """

    is_asked: bool
    has_version: bool
    erased_at: datetime.datetime | None


def _beside(user: User | Given) -> dict[str, Any]:
    """Return how a query of reviews asks for that, by the names of _Beside."""
    receipts = Erasure.objects.filter(review=OuterRef("pk"), erased_at__isnull=False)
    return {
        "is_asked": Exists(FactCheckRespondent.objects.filter(review=OuterRef("pk"), user=user)),
        "has_version": Exists(ReportVersion.objects.filter(review=OuterRef("pk"))),
        "erased_at": Subquery(receipts.order_by("-erased_at").values("erased_at")[:1]),
    }


@dataclass(frozen=True)
class Permit:
    """What one person may do with one review they can see."""

    user: User
    review: Review
    seats: tuple[Seat, ...]
    pinned: tuple[int, ...]
    """The keys of the review's scales, for results.pinned_scales()."""
    known: _Beside | None = None
    """What was fetched with the review; where nothing was, it is asked for when it is needed."""

    @cached_property
    def _beside(self) -> _Beside:
        if self.known is not None:
            return self.known
        found = Review.objects.filter(pk=self.review.pk).annotate(**_beside(self.user))
        return _Beside(*found.values_list(*_beside(self.user)).get())

    @property
    def is_respondent(self) -> bool:
        """Whether the person was asked to check the facts."""
        return self._beside.is_asked

    @property
    def has_version(self) -> bool:
        """Whether the review has a report that was handed over."""
        return self._beside.has_version

    @property
    def erased_at(self) -> datetime.datetime | None:
        """When the review's working material was last deleted for good; none where it never was."""
        return self._beside.erased_at

    @cached_property
    def standing(self) -> Standing:
        """What the person is today apart from seats: asked for only where their seat does not say it all."""
        return standing(self.user)

    @cached_property
    def own_seat(self) -> Seat | None:
        """The person's own seat that is not removed."""
        return next((seat for seat in self.seats if seat.user_id == self.user.pk and seat.removed_at is None), None)

    @cached_property
    def supervises(self) -> bool:
        """Whether the person is the service's metodeveileder."""
        return self.review.service_id in self.standing.supervises

    @cached_property
    def manages(self) -> bool:
        """Whether the person is a leder of the service."""
        return self.review.service_id in self.standing.manages

    @cached_property
    def advises(self) -> bool:
        """Whether the person is adviser where the service is, and the review is one an adviser sees."""
        return _is_for_advisers(self.review) and self.standing.advises(self.review.service)

    @property
    def is_seated(self) -> bool:
        """Whether the person has a seat in the review."""
        return self.own_seat is not None

    @property
    def in_check(self) -> bool:
        """Whether the draft is out for fact check."""
        return self.review.status == Review.Status.FACT_CHECK

    @cached_property
    def sees(self) -> bool:
        """Whether the review exists for the person, as visible_reviews() says of all."""
        return _exists_for(self)

    @cached_property
    def sheet(self) -> Seat | None:
        """The seat whose score sheet the person fills in: their own; in a self-review the shared one, which everyone
        with a seat and the metodeveileder of the service fill in together.
        """
        takes_part = self.own_seat is not None and self.own_seat.kind == Seat.Kind.EVALUATOR
        if self.review.is_self and (takes_part or self.supervises):
            return next((seat for seat in self.seats if seat.is_lead and seat.removed_at is None), None)
        return self.own_seat

    @cached_property
    def may_work(self) -> bool:
        """Whether the person's judgement counts, so that they agree and write the report: no observer."""
        return self.sheet is not None and self.sheet.kind == Seat.Kind.EVALUATOR

    @cached_property
    def is_blind(self) -> bool:
        """Whether several evaluators still judge alone: no judgement is written yet where the others read it."""
        counting = [seat for seat in self.seats if seat.kind == Seat.Kind.EVALUATOR and seat.removed_at is None]
        return self.review.is_external and self.review.consensus_at is None and len(counting) > 1

    @cached_property
    def is_last_to_hand_in(self) -> bool:
        """Whether all other evaluators have handed in, so that what the person hands in cannot be withdrawn."""
        counting = [seat for seat in self.seats if seat.kind == Seat.Kind.EVALUATOR and seat.removed_at is None]
        return self.is_blind and all(seat.handed_in_at for seat in counting if seat != self.own_seat)

    @cached_property
    def may_see_evidence(self) -> bool:
        """Whether the person sees the shared notes and counts, and adds to them: whoever has a sheet, an observer
        too.
        """
        return self.sheet is not None

    @cached_property
    def may_see_figures(self) -> bool:
        """Whether the person sees what the service gave of figures before the visit: its metodeveileder, and those who
        see the evidence. A service that is reviewed from its plans has none to give.
        """
        return not self.review.from_plans and (self.supervises or self.may_see_evidence)

    @cached_property
    def may_give_figures(self) -> bool:
        """Whether the person writes the service's figures: its metodeveileder, until the scoring is over."""
        open_states = (Review.Status.PLANNED, Review.Status.SCORING)
        return self.may_see_figures and self.supervises and self.review.status in open_states

    @cached_property
    def writes_context(self) -> bool:
        """Whether the person is one of those who write what stands beside the score: the service's metodeveileder and
        the evaluators. Who sees the figures sees it. A service reviewed from its plans has nobody at work yet.
        """
        return self.may_see_figures and (self.supervises or self.may_work)

    @cached_property
    def may_write_context(self) -> bool:
        """Whether the person writes what stands beside the score now: until the report is made."""
        return self.writes_context and self.review.is_open

    @cached_property
    def may_take_over_figures(self) -> bool:
        """Whether the person may count what the service gave: an evaluator, while items are scored and until the sheet
        is handed in.
        """
        writes = self.may_work and self.sheet is not None and self.sheet.handed_in_at is None
        return self.may_see_figures and writes and self.review.status == Review.Status.SCORING

    @cached_property
    def may_print_kit(self) -> bool:
        """Whether the person may print the kit for the visit: whoever takes part in it, until the draft is sent out.
        All may have handed in before the oral feedback is given; what is issued again has had its visit.
        """
        return self.may_see_evidence and self.review.status in _BLIND and not self.has_version

    @cached_property
    def may_lead(self) -> bool:
        """Whether the person moves the review from state to state: the hovedevaluator, or whoever has the
        shared sheet.
        """
        return self.sheet is not None and self.sheet.is_lead

    @cached_property
    def may_plan(self) -> bool:
        """Whether the person may change the plan of a review that has not begun: the lead, the adviser and the
        service's metodeveileder, each of whom may have planned it.
        """
        return self.may_lead or self.advises or self.supervises

    @cached_property
    def may_see_checklist(self) -> bool:
        """Whether the person sees what is to be done before and after the visit: those who plan it and those who take
        part. A self-review has no such list.
        """
        return self.review.is_external and (self.own_seat is not None or self.supervises or self.advises)

    @cached_property
    def may_keep_checklist(self) -> bool:
        """Whether the person ticks and changes the steps of the checklist, those of others too: lead, adviser and
        metodeveileder.
        """
        return self.may_see_checklist and self.may_plan

    @cached_property
    def may_cancel(self) -> bool:
        """Whether the person may call the review off: lead and adviser; the metodeveileder only before it begins, since
        nobody stops a review by outsiders of their own work.
        """
        planned = self.review.status == Review.Status.PLANNED
        return self.may_lead or self.advises or (self.supervises and planned)

    @cached_property
    def may_seat(self) -> bool:
        """Whether the person may replace and remove evaluators and seat observers: the lead and the adviser."""
        return self.review.is_external and (self.may_lead or self.advises)

    @cached_property
    def may_see_evaluators_ties(self) -> bool:
        """Whether the person is shown what ties the evaluators to the service: those who plan and those who review."""
        return self.may_plan or self.may_work

    @cached_property
    def evaluates(self) -> bool:
        """Whether the person sits in the review as one of its evaluators: no observer, and nobody who fills in the
        sheet of a self-review without a seat.
        """
        return self.own_seat is not None and self.own_seat.kind == Seat.Kind.EVALUATOR

    @cached_property
    def may_see_log(self) -> bool:
        """Whether the person sees who read and did what in the review: its evaluators and its adviser, each as far as
        reviews.log tells them.
        """
        return self.evaluates or self.advises

    @cached_property
    def may_compare(self) -> bool:
        """Whether the person sees their own scores beside the agreed ones: whoever scored, an observer too, once the
        draft or the report is theirs to read. In a self-review there is but one sheet.
        """
        return self.review.is_external and self.own_seat is not None and (self.may_read_draft or self.may_read_versions)

    @cached_property
    def may_read_draft(self) -> bool:
        """Whether the person may read the report before it is final.

        Evaluators from consensus on (blindness ends there), those with the one shared sheet at any time;
        metodeveileder, respondents
        and advisers while it is out for fact check.
        """
        if self.review.status == Review.Status.CANCELLED:
            return False
        if self.may_work:
            return self.review.is_self or self.review.status not in (Review.Status.PLANNED, Review.Status.SCORING)
        if self.own_seat is not None and self.review.status not in _BLIND:
            return True
        in_check = self.review.status == Review.Status.FACT_CHECK
        return in_check and (self.supervises or self.is_respondent or self.advises)

    @cached_property
    def may_read_versions(self) -> bool:
        """Whether the person may read what was handed over, and download it."""
        return self.has_version and (
            self.may_see_evidence or self.supervises or self.manages or self.advises or self.is_respondent
        )

    @cached_property
    def may_export(self) -> bool:
        """Whether the person may download the results as data: whoever reads what was handed over, or a draft in which
        nobody is blind any more.
        """
        return self.may_read_versions or (self.may_read_draft and self.review.consensus_at is not None)

    @cached_property
    def actions(self) -> QuerySet[ActionPoint]:
        """The service's forbedringspunkter that the person sees, as visible_actions() says of all."""
        if self.supervises or self.manages:
            return ActionPoint.objects.filter(service=self.review.service_id)
        if self.review.is_open and self.own_seat is not None:
            return actions_by_seat(self.user, self.standing, self.review.service_id)
        return visible_actions(self.user, self.standing).filter(service=self.review.service_id)

    @property
    def sees_actions_by_seat_alone(self) -> bool:
        """Whether `actions` are actions_by_seat() for somebody who is nothing apart from seats."""
        return self.review.is_open and self.own_seat is not None and self.standing == NOTHING

    def require(self, allowed: bool) -> None:
        """Refuse one who sees the review but may not do this. Raises PermissionDenied."""
        if not allowed:
            raise PermissionDenied


def open_review(user: User, pk: uuid.UUID, asked: Prepared[Review] | None = None) -> Permit:
    """Fetch a review for a person, with its service, its seats, and the keys of its scales: two queries, and one for
    the standing where no seat says it all. Raises Http404 where it does not exist for them.

    `asked` is the query of a page that tells more of the review (opening).
    """
    rows, seats = _with_seats(asked or _opened, _seats_with_names, user, pk)
    first = vars(rows[0])
    return _permit(user, rows, seats, _Beside(first["is_asked"], first["has_version"], first["erased_at"]))


def open_to_write(user: User, pk: uuid.UUID) -> Permit:
    """Fetch a review for a person as open_review() does, with as little as a save needs, and locked: nobody else
    changes it, or anything in it, before the transaction ends. For whom it does not exist it is not locked either.
    """
    try:
        rows, seats = _with_seats(_locked_seated, _seats, user, pk)
    except Http404:
        # The few who write without a seat.
        open_review(user, pk)
        rows, seats = _with_seats(_locked, _seats, user, pk)
    return _permit(user, rows, seats)


_PERSON, _REVIEW = Given("user", User._meta.get_field("id")), Given("review", Review._meta.get_field("id"))


def _with_pins(found: QuerySet[Review]) -> QuerySet[Review]:
    """Return the one review that is asked for, once for each of its scales (two at most) with its key as `pinned`."""
    return found.filter(pk=_REVIEW).annotate(pinned=F("pins__scale")).order_by()


def _locked_reviews() -> QuerySet[Review]:
    return Review.objects.select_for_update(of=("self",))


def _seats_in_order() -> QuerySet[Seat]:
    return Seat.objects.filter(review=_REVIEW).order_by("number")


def opening(also: Callable[[QuerySet[Review]], QuerySet[Review]] = lambda reviews: reviews) -> Prepared[Review]:
    """Return the query of a review for open_review(); `also` has more fetched with it, or counted."""
    return Prepared(
        lambda: _with_pins(also(Review.objects.select_related("service__county").annotate(**_beside(_PERSON))))
    )


_opened = opening()
_locked = Prepared(lambda: _with_pins(_locked_reviews()))
_locked_seated = Prepared(
    lambda: _with_pins(
        _locked_reviews().filter(Exists(Seat.objects.filter(review=OuterRef("pk"), user=_PERSON, removed_at=None)))
    )
)
_seats = Prepared(_seats_in_order)
_seats_with_names = Prepared(lambda: _seats_in_order().select_related("user", "invitation"))
"""What opens a review: asked by nearly every page, and put into SQL once."""


def _with_seats(
    asked: Prepared[Review], asked_seats: Prepared[Seat], user: User, pk: uuid.UUID
) -> tuple[list[Review], tuple[Seat, ...]]:
    """Return a review as _with_pins() says, and its seats, which the first of its rows holds too. Raises Http404 where
    there is none.
    """
    rows = asked.rows(user=user.pk, review=pk)
    if not rows:
        raise Http404
    seats = asked_seats.rows(review=pk)
    for seat in seats:
        seat.review = rows[0]
    hold(rows[0], "seats", seats)
    return rows, tuple(seats)


def _permit(user: User, rows: list[Review], seats: tuple[Seat, ...], known: _Beside | None = None) -> Permit:
    pinned = tuple(key for key in (vars(row)["pinned"] for row in rows) if key is not None)
    permit = Permit(user=user, review=rows[0], seats=seats, pinned=pinned, known=known)
    if not permit.sees:
        raise Http404
    return permit


def open_service(user: User, pk: uuid.UUID, known: Standing | None = None) -> Service:
    """Fetch a service for a person, with `sees_plan`: whether they see its handlingsplan. Raises Http404 where it does
    not exist for them.
    """
    who = known or standing(user)
    if who.whole_country or pk in who.supervises or pk in who.manages:
        # They see it and its plan, whatever seats they have.
        found = _service.rows(service=pk)
    else:
        seen = visible_services(user, who).annotate(sees_plan=_whether_plan_is_seen(user, who))
        found = list(seen.select_related("county").filter(pk=pk))
    if not found:
        raise Http404
    return found[0]


_service = Prepared(
    lambda: (
        Service.objects.order_by()
        .annotate(sees_plan=Value(True))
        .select_related("county")
        .filter(pk=Given("service", Service._meta.get_field("id")))
    )
)


# A service's handlingsplan


def _sees_plan(user: User, who: Standing, service: str, county: str) -> Q:
    """Return the condition for rows whose service, by the path `service`, has a handlingsplan that the person sees: its
    metodeveileder and leder, the adviser of its county, and whoever has a seat in an open review of it.
    """
    if who.whole_country:
        # Nothing else is asked of each of thousands.
        return who.advised(county)
    seated = Seat.objects.filter(review__service=OuterRef(service), user=user, removed_at=None)
    rule = Q(**{f"{service}__in": who.supervises | who.manages}) | Q(Exists(seated.exclude(review__status__in=_CLOSED)))
    return rule | who.advised(county) if who.is_adviser else rule


def _whether_plan_is_seen(user: User, who: Standing) -> "ExpressionWrapper[Q]":
    """Return for services whether the person sees their handlingsplan."""
    return ExpressionWrapper(_sees_plan(user, who, "pk", "county"), output_field=BooleanField())


def visible_actions(user: User, known: Standing | None = None) -> QuerySet[ActionPoint]:
    """Return the forbedringspunkter that the person sees: of the services whose handlingsplan they see, all but those
    of a self-review that is not shared and that they do not see.
    """
    who = known or standing(user)
    # Of what is told outside the person sees all; of what is not they see what is their own. What is not is less.
    inside = Review.objects.filter(kind=Review.Kind.SELF, shared_at=None).exclude(pk__in=_own_reviews(user, who))
    hidden = ReportVersion.objects.filter(pk=OuterRef("version"), review__in=inside.order_by())
    return ActionPoint.objects.filter(_sees_plan(user, who, "service", "service__county"), ~Exists(hidden))


def _sees_plan_of(service: Service) -> bool:
    """Whether the person sees the handlingsplan of a service, which open_service() has fetched for them."""
    return bool(vars(service)["sees_plan"])


def actions_by_seat(user: User | Given, who: Standing, service: uuid.UUID | Given) -> QuerySet[ActionPoint]:
    """Return the forbedringspunkter of a service for who has a seat in an open review of it, as visible_actions()."""
    seen = Q(version__review__in=visible_reviews(user, who))
    return ActionPoint.objects.filter(_told_outside() | seen, service=service)


def actions_of_own(who: Standing) -> QuerySet[ActionPoint]:
    """Return the forbedringspunkter of the services that the person leads or manages, all of which they see: there is
    none of a review that was not handed over.
    """
    return ActionPoint.objects.filter(service__in=who.supervises | who.manages)


class _Recommended(Protocol):
    """What decides whether a forbedringspunkt is seen: whether only the service sees it, and the review it is of."""

    @property
    def is_inside(self) -> bool: ...
    @property
    def review_id(self) -> uuid.UUID | None: ...


P = TypeVar("P", bound=_Recommended)


def actions_among(service: Service, seen: Iterable[Listed], ask: Callable[[uuid.UUID], Iterable[P]]) -> list[P]:
    """Return the forbedringspunkter of a service, as visible_actions() does for a person whose open_service() it is and
    who has `seen` these of its reviews. `ask` fetches all of a service.
    """
    if not _sees_plan_of(service):
        return []
    known = {review.pk for review in seen}
    return [action for action in ask(service.pk) if not action.is_inside or action.review_id in known]


def _told_outside() -> Q:
    """Return the condition for forbedringspunkter that come from no self-review that is not shared."""
    return Q(version=None) | speaking.is_counted("version__review__")


@dataclass(frozen=True)
class PlanPermit:
    """What one person may do with the handlingsplan of a service, which they see."""

    user: User
    service: Service
    standing: Standing

    @cached_property
    def may_write(self) -> bool:
        """Whether the person works on the plan: the service's metodeveileder. A leder and an adviser read it."""
        return self.service.pk in self.standing.supervises

    @cached_property
    def actions(self) -> QuerySet[ActionPoint]:
        """The points that the person sees."""
        return visible_actions(self.user, self.standing).filter(service=self.service)

    @cached_property
    def actions_told_outside(self) -> QuerySet[ActionPoint]:
        """Those of the points that may leave the service: none of a self-review that is not shared."""
        return self.actions.filter(_told_outside())

    def require(self, allowed: bool) -> None:
        """Refuse one who sees the plan but may not do this. Raises PermissionDenied."""
        if not allowed:
            raise PermissionDenied


def open_plan(user: User, pk: uuid.UUID) -> PlanPermit:
    """Fetch a service's handlingsplan for a person: two queries. Raises Http404 where the service does not exist for
    them, PermissionDenied where its plan is not theirs to see.
    """
    who = standing(user)
    service = open_service(user, pk, who)
    if not _sees_plan_of(service):
        raise PermissionDenied
    return PlanPermit(user, service, who)


def visible_uploads(user: User) -> QuerySet[Upload]:
    """Return the score sheets that an adviser has sent themselves, without their bytes: those taken in, and those not
    yet too old for it. Raises PermissionDenied for others.
    """
    if not standing(user).is_adviser:
        raise PermissionDenied
    kept = Q(imported_at__isnull=False) | Q(created_at__gt=timezone.now() - Upload.KEPT)
    return Upload.objects.defer("content").filter(kept, user=user)


def open_upload(user: User, pk: uuid.UUID) -> Upload:
    """Fetch a score sheet for the adviser who sent it. Raises PermissionDenied for who is no adviser, Http404 where it
    does not exist for them.
    """
    upload = visible_uploads(user).filter(pk=pk).first()
    if upload is None:
        raise Http404
    return upload
