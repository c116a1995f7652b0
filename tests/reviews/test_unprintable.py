"""Characters that the report cannot print are listed to the evaluators before it is made, by where they stand."""

import json
import re

import pytest
from django.db.models import TextField
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from reviews import workflow
from reviews.models import Review, SectionComment, User
from tests.factories import UserFactory, final_review, lead, scored_review
from tests.reviews.front_door import item, page
from tests.reviews.report_builders import version_of, whole_course

pytestmark = pytest.mark.django_db


def test_they_are_listed_by_where_they_stand_before_the_report_is_made(client: Client) -> None:
    evaluator: User = UserFactory.create(language="en")
    client.force_login(evaluator)
    review = scored_review("consensus", evaluators=[evaluator], purpose="Bra 漢")
    review.results.filter(item=item(review, "O3")).update(recommendation="Ring 😀 og\x07 😀.")
    SectionComment.objects.create(review=review, section=item(review, "T1").section, comment="Ses 字.")
    html = client.get(page("review", review)).content.decode()
    for address, said in (
        (page("narrative", review), "The report&#x27;s texts: 漢"),
        (page("agree", review, item(review, "O3")), f"{escape(item(review, 'O3'))}: U+0007 😀"),
        (page("agree", review, item(review, "T1")), f"{item(review, 'T1').section.title}: 字"),
    ):
        assert re.search(rf'href="{address}">\s*{re.escape(said)}\s*</a>', html), said
    review.results.update(recommendation="")
    review.section_comments.update(comment="")
    Review.objects.update(purpose="")
    assert "typeface" not in client.get(page("review", review)).content.decode()


def test_they_are_listed_in_a_correction_and_a_remark_only_where_the_report_tells_them() -> None:
    review = whole_course()
    review.corrections.filter(item__code="O3").update(reason="Ses 漢.")
    review.remarks.filter(item__code="O3").update(answer="Takk 😀.")

    def lacking() -> list[str]:
        return [each.message[-1] for each in workflow.unprintable(review, [])]

    assert lacking() == ["漢", "😀"]
    review.show_comparison = False
    assert lacking() == ["😀"]
    review.remarks.filter(item__code="O3").update(decision="", answer="", decided_at=None)
    review.remarks.filter(item__code="O3").update(text="Vi har 字.")
    assert lacking() == []
    review.remarks.filter(item__code="O3").update(decision="kept", decided_at=timezone.now(), answer="Nei.")
    assert lacking() == ["字"]
    review.show_fact_check = False
    assert lacking() == []


def test_they_are_listed_in_the_reason_of_what_is_issued_again_alone() -> None:
    review = scored_review("consensus", reissue_reason="Ses 漢.")
    assert workflow.unprintable(review, []) == []
    issued = final_review()
    workflow.reissue(issued, lead(issued), "Ses 漢.")
    (found,) = workflow.unprintable(Review.objects.get(pk=issued.pk), [])
    assert (found.message.endswith(": 漢"), found.page) == (True, "")


@pytest.mark.parametrize("name", [field.name for field in Review._meta.get_fields() if isinstance(field, TextField)])
def test_every_text_that_is_printed_is_looked_through(name: str) -> None:
    review = scored_review("consensus")
    setattr(review, name, "Bra 漢")
    # Why a fact check is left out is written where the report is made.
    printed = "漢" in json.dumps(version_of(review), ensure_ascii=False)
    assert [each.page for each in workflow.unprintable(review, [])] == ["narrative"] * (
        printed and name != "fact_check_skipped"
    )
