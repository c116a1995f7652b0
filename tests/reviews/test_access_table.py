"""README.md tells who may see and do what as reviews.access decides it, and as the addresses answer."""

import os
from collections.abc import Callable

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.reviews import access_table
from tests.reviews.access_table import COLUMNS, ELSEWHERE, ON_REVIEW, ON_SERVICE, ROWS, Answers, Row
from tests.reviews.test_urls import PEOPLE, rows


@pytest.fixture(scope="module")
def answers(put_back: Callable[[], None], django_db_blocker: DjangoDbBlocker) -> Answers:
    """What each person may in each state, asked once for all tests here."""
    with django_db_blocker.unblock():
        put_back()
        return access_table.answers()


@pytest.mark.django_db
def test_the_readme_tells_who_may_see_and_do_what(answers: Answers) -> None:
    readme = access_table.README.read_text(encoding="utf-8")
    expected = access_table.written(readme, access_table.markdown(answers))
    if os.environ.get("WRITE_README"):
        access_table.README.write_text(expected, encoding="utf-8")
    assert readme == expected, "WRITE_README=1 .venv/bin/pytest tests/reviews/test_access_table.py writes it anew."


STATE = {
    "check": "fact_check",
    "remarked": "fact_check",
    "self": "self scoring",
    "unshared": "self final",
    "shared": "self shared",
}
"""The states of this table, by what the table of all addresses calls them."""

NOT_COMPARED = {"back"}
"""A state in which the draft was sent back: for who may what it is consensus, which is compared."""


def _rows_of_addresses() -> dict[str, Row]:
    return {address.strip(): row for row in ROWS for address in row.addresses.split(",") if address.strip()}


def test_every_address_is_told_of_in_the_readme() -> None:
    there = {f"{method} {name}" for method, name, _state, _expected in rows()}
    told = _rows_of_addresses()
    assert told.keys() | ELSEWHERE.keys() == there
    assert not told.keys() & ELSEWHERE.keys()


@pytest.mark.django_db
def test_the_addresses_answer_as_the_readme_tells(answers: Answers) -> None:
    told = _rows_of_addresses()
    wrong = []
    for method, name, state, expected in rows():
        row = told.get(f"{method} {name}")
        if row is None or state in NOT_COMPARED:
            continue
        by_state = answers[row.text]
        for column, person in PEOPLE.items():
            if person is None:
                continue
            may = by_state[STATE.get(state, state)][person]
            never = not any(found[person] for found in by_state.values())
            refused = expected[column] in (403, 404)
            # What is sent too late is answered with the page, which says so; a page that is not theirs is refused.
            if refused if may else (not refused and (method == "GET" or never)):
                wrong.append(f"{method} {name} {state} as {column}: {expected[column]}, told: {may}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_who_nearly_is_somebody_may_do_nothing_with_the_review(answers: Answers) -> None:
    for row in ON_REVIEW + ON_SERVICE:
        for state, found in answers[row.text].items():
            assert not any(found[name] for name in COLUMNS["nearly"]), f"{row.text}, {state}"
            assert not found["administrator"], f"{row.text}, {state}"


def test_everybody_of_the_cast_has_a_column() -> None:
    named = {name for who in COLUMNS.values() for name in who}
    assert {name for name in PEOPLE.values() if name is not None} == named | {"ended_method_supervisor"}
