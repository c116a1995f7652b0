"""What several tests of the report make: its content, the text of a PDF, and a review in which everything happened."""

import datetime
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from reviews import workflow
from reviews.models import AgreedResult, FactCheckRemark, Organisation, Review, User
from reviews.report import content as report_content
from reviews.report.shape import Content, ItemContent
from scales.models import Item
from tests.factories import (
    FIRST_DAY,
    OrganisationFactory,
    PartnershipFactory,
    RoleFactory,
    SeatFactory,
    ServiceFactory,
    UserFactory,
    final_review,
    scored_review,
)

MADE_AT = datetime.datetime(2026, 10, 6, 9, 30, tzinfo=datetime.UTC)


def version_of(review: Review) -> Content:
    """The content of the review's first version."""
    return report_content.build(review, number=1, made_at=MADE_AT)


def draft_of(review: Review) -> Content:
    """The content of a draft."""
    return report_content.build(review, number=None, made_at=None)


def items_in(content: Content) -> list[ItemContent]:
    """All items of a content."""
    return [item for scale in content["scales"] for section in scale["sections"] for item in section["items"]]


def item_of(content: Content, code: str) -> ItemContent:
    """One item by its code."""
    return next(item for item in items_in(content) if item["code"] == code)


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, its white space made even, because lines break where the paper ends."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def whole_course(**columns: Any) -> Review:
    """A review in fact check with all that its course can add: two ties, two corrections of last year's review, and
    three remarks from one of the two who were asked; an observer, and an evaluator who was removed.

    `columns` are columns of Review.
    """
    service = ServiceFactory.create(name="Fjordbyen IPS")
    office: Organisation = OrganisationFactory.create(name="Nav Fjordbyen")
    PartnershipFactory.create(service=service, organisation=office)
    line: User = UserFactory.create(name="Linjeleder")
    supervisor: User = UserFactory.create(name="Mona Metodeveileder", line_manager=line)
    RoleFactory.create(user=supervisor, service=service)
    asked: User = UserFactory.create(name="Kari Kontaktperson")
    final_review(service=service, first_day=FIRST_DAY.replace(year=2025), scores=lambda item: 3)
    anne: User = UserFactory.create(name="Anne Aas", workplace=office)
    bjorn: User = UserFactory.create(name="Bjørn Berg", line_manager=line)
    review = scored_review(service=service, evaluators=[anne, bjorn], **{"show_fact_check": True, **columns})
    SeatFactory.create(review=review, observer=True, user=UserFactory.create(name="Odd Observatør"), is_lead=False)
    SeatFactory.create(review=review, removed=True, user=UserFactory.create(name="Finn Fjernet"))
    for obstacles, codes in (
        (["own_practice"], ["B3", "O3"]),
        (["own_practice", "nav"], ["O7"]),
        (["health", "ict"], ["T3"]),
        (["law"], ["O2"]),
    ):
        AgreedResult.objects.filter(review=review, item__code__in=codes).update(obstacles=obstacles)
    workflow.correct(review, _item("O3"), anne, 4, "Vi fant møtereferater som viser deltakelse hver uke i 2025.")
    workflow.correct(review, _item("G2"), anne, None, "Planen som ble lest i 2025, gjaldt en annen tjeneste.")
    workflow.send_to_fact_check(review, anne, others=[asked])
    whole = workflow.save_remark(review, supervisor, "Tjenesten har fire jobbspesialister, ikke tre.")
    low = workflow.save_remark(review, supervisor, "Vi har fast plass i inntaksmøtet.", item=_item("O3"))
    staffing = workflow.save_remark(review, supervisor, "Metodeveilederen har ti ansatte.", item=_item("B3"))
    workflow.answer(review, supervisor)
    workflow.decide(whole, anne, FactCheckRemark.Decision.CHANGED, "Rettet i sammendraget.")
    workflow.decide(
        low,
        anne,
        FactCheckRemark.Decision.CHANGED,
        "Takk, det hadde vi ikke sett.",
        {"score": 3, "comment": "Tjenesten har fast plass i inntaksmøtet."},
    )
    workflow.decide(staffing, anne, FactCheckRemark.Decision.KEPT, "Tallet er talt på besøksdagen.")
    return Review.objects.get(pk=review.pk)


def _item(code: str) -> Item:
    return Item.objects.get(code=code)
