"""Where the findings come from, through the front door: the card of an item, and the page of the whole review."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from reviews import workflow
from reviews.coverage import Cell, ItemCoverage
from reviews.models import Review, User
from scales.models import Item
from tests.cast import Cast
from tests.factories import (
    ClosedSourceFactory,
    CountFactory,
    GivenFigureFactory,
    InformantFactory,
    InterviewFactory,
    NoteFactory,
    issue,
    items_of,
    lead,
    scored_review,
)
from tests.reviews.front_door import contents, item, page

HTMX = {"HX-Request": "true"}


@pytest.fixture
def review(db: None) -> Review:
    """A review being scored by two, with nothing found yet."""
    return scored_review("scoring", evaluators=2)


@pytest.fixture
def evaluator(review: Review, client: Client) -> User:
    """The first evaluator, logged in."""
    client.force_login(lead(review))
    return lead(review)


def _second(review: Review) -> User:
    user = review.seats.get(number=2).user
    assert user is not None
    return user


def _card(client: Client, review: Review, code: str = "O2", name: str = "score") -> dict[str, Cell]:
    found: ItemCoverage = client.get(page(name, review, item(review, code))).context["coverage"]
    return {cell.code: cell for cell in (*found.sources, *found.perspectives)}


def _row(client: Client, review: Review, code: str = "O2") -> ItemCoverage:
    tables = client.get(page("coverage", review)).context["tables"]
    rows: list[ItemCoverage] = [row for table in tables for _section, rows in table.sections for row in rows]
    return next(row for row in rows if row.item.code == code)


def _missing(client: Client, review: Review) -> Any:
    return client.get(page("coverage", review)).context["missing"]


def _note(review: Review, *codes: str, asked: str = "", **columns: Any) -> None:
    informant = InformantFactory.create(review=review, perspective=asked) if asked else None
    about = [each for each in items_of(review) if each.code in codes]
    NoteFactory.create(review=review, items=about, informant=informant, **columns)


def _send(client: Client, review: Review, code: str = "O2", scale: str = "ips-25", **values: str) -> Any:
    headers = HTMX if values.pop("htmx", "") else {}
    return client.post(page("source", review, item(review, code, scale)), values, headers=headers)


def _text(response: Any) -> str:
    return " ".join(response.content.decode().split())


# The card


@pytest.mark.usefixtures("evaluator")
def test_the_card_tells_what_comes_from_each_source(client: Client, review: Review) -> None:
    _note(review, "O2", "O3", source="INT", asked="behandler")
    _note(review, "O2", source="INT")
    _note(review, "O3", source="DOC")
    found = _card(client, review)
    assert {code: found[code].notes for code in ("MIS", "DOC", "INT", "OBS")} == {
        "MIS": 0,
        "DOC": 0,
        "INT": 2,
        "OBS": 0,
    }
    assert found["behandler"].notes == 1


@pytest.mark.usefixtures("evaluator")
@pytest.mark.parametrize("factory", [CountFactory, GivenFigureFactory])
def test_figures_counted_or_given_are_from_management_data(client: Client, review: Review, factory: Any) -> None:
    factory.create(review=review, item=item(review, "B1"))
    factory.create(review=review, item=item(review, "B1"), name="fte")
    # Without it in what the scale names.
    factory.create(review=review, item=item(review, "T6"), name="contacts")
    for code, expected in (("B1", True), ("T6", False)):
        cell = _card(client, review, code)["MIS"]
        assert (cell.figures, cell.notes, cell.expected) == (True, 0, expected)
    assert not _card(client, review, "B2")["MIS"].figures


def test_anothers_private_note_counts_in_no_cell_and_no_number(client: Client, review: Review, evaluator: User) -> None:
    pages = [page("coverage", review), page("score", review, item(review, "O2"))]
    _note(review, "O2", source="INT", asked="behandler")
    before = [client.get(address).context for address in pages]
    _note(review, "O2", source="OBS", asked="ledelse", private=True, author=_second(review))
    NoteFactory.create(review=review, items=[], private=True, author=_second(review))
    after = [client.get(address).context for address in pages]
    assert after[0]["missing"] == before[0]["missing"]
    assert after[0]["tables"] == before[0]["tables"]
    assert after[1]["coverage"] == before[1]["coverage"]

    client.force_login(_second(review))
    assert _card(client, review)["OBS"].notes == 1
    assert _row(client, review).notes == 2
    assert _missing(client, review).loose == 1
    assert not any("management" in str(lack.words) for lack in _missing(client, review).perspectives)


@pytest.mark.usefixtures("evaluator")
def test_what_the_page_reads_like(client: Client, review: Review) -> None:
    _note(review, "O2", source="INT")
    ClosedSourceFactory.create(review=review, item=item(review, "O2"), source="MIS")
    html = client.get(page("score", review, item(review, "O2"))).content.decode()
    card = " ".join(html[html.index('id="sources"') : html.index("</section>", html.index('id="sources"'))].split())
    assert "Styringsdata: " in card
    assert "Dokumenter" in card
    assert card.count("<form") == 3
    assert card.count('name="closed" value="0"') == 1
    assert page("coverage", review) in card


@pytest.mark.usefixtures("evaluator")
def test_an_item_without_sources_in_its_scale_shows_whom_to_ask(client: Client, review: Review) -> None:
    _note(review, "G1", source="INT", asked="ledelse")
    found: ItemCoverage = client.get(page("score", review, item(review, "G11", "goi-12"))).context["coverage"]
    assert ([cell.code for cell in found.perspectives], found.sources) == (["ledelse"], ())
    html = client.get(page("score", review, item(review, "G11", "goi-12"))).content.decode()
    assert "source/" not in html


# No access, and back


@pytest.mark.usefixtures("evaluator")
def test_a_source_is_closed_and_opened_from_the_item(client: Client, review: Review) -> None:
    response = _send(client, review, source="DOC", closed="1")
    assert (response.status_code, response.url) == (302, page("score", review, item(review, "O2")))
    cell = _card(client, review)["DOC"]
    assert (cell.closed, cell.is_missing, cell.can_be_closed) == (True, False, True)
    _send(client, review, source="DOC", closed="0")
    assert _card(client, review)["DOC"].is_missing


def test_both_evaluators_see_that_there_was_no_access(client: Client, review: Review, evaluator: User) -> None:
    _send(client, review, source="DOC", closed="1")
    client.force_login(_second(review))
    assert _card(client, review)["DOC"].closed
    _send(client, review, source="DOC", closed="0")
    client.force_login(evaluator)
    assert not _card(client, review)["DOC"].closed


@pytest.mark.usefixtures("evaluator")
def test_htmx_gets_the_card_alone(client: Client, review: Review) -> None:
    response = _send(client, review, source="DOC", closed="1", htmx="1")
    html = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in html
    assert 'id="sources"' in html
    assert html.count('name="closed" value="0"') == 1
    assert review.closed_sources.get().source == "DOC"


def test_while_agreeing_one_comes_back_to_what_is_agreed(client: Client, db: None) -> None:
    review = scored_review("consensus")
    client.force_login(lead(review))
    assert _card(client, review, name="agree")["DOC"].is_missing
    response = _send(client, review, source="DOC", closed="1")
    assert response.url == page("agree", review, item(review, "O2"))
    assert _card(client, review, name="agree")["DOC"].closed


def test_before_the_scoring_one_comes_back_to_the_review(client: Client, db: None) -> None:
    review = scored_review("planned")
    client.force_login(lead(review))
    assert _send(client, review, source="DOC", closed="1").url == page("review", review)
    assert review.closed_sources.count() == 1
    # There is no page of an item yet to lead to.
    assert "/score/" not in client.get(page("coverage", review)).content.decode()


@pytest.mark.usefixtures("evaluator")
@pytest.mark.parametrize("source", ["", "XYZ", "doc", "DOC\x00"])
def test_a_source_that_there_is_not_is_not_found(client: Client, review: Review, source: str) -> None:
    before = contents()
    assert _send(client, review, source=source, closed="1").status_code == 404
    assert contents() == before


@pytest.mark.usefixtures("evaluator")
@pytest.mark.parametrize("values", [{}, {"closed": ""}, {"closed": "2"}, {"closed": "on"}])
def test_what_says_neither_yes_nor_no_is_no_request(client: Client, review: Review, values: dict[str, str]) -> None:
    before = contents()
    assert _send(client, review, source="DOC", **values).status_code == 400
    assert contents() == before


@pytest.mark.usefixtures("evaluator")
@pytest.mark.parametrize(("code", "scale", "source"), [("B1", "ips-25", "OBS"), ("G1", "goi-12", "INT")])
def test_a_source_that_the_item_does_not_have_is_refused(
    client: Client, review: Review, code: str, scale: str, source: str
) -> None:
    before = contents()
    response = _send(client, review, code, scale, source=source, closed="1", htmx="1")
    assert 'role="alert"' in response.content.decode()
    response = client.post(
        page("source", review, item(review, code, scale)), {"source": source, "closed": "1"}, follow=True
    )
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert contents() == before


def test_a_review_made_final_meanwhile_says_so_on_the_card(client: Client, db: None) -> None:
    review = scored_review("consensus")
    client.force_login(lead(review))
    issue(review)
    before = contents()
    response = _send(client, review, source="DOC", closed="1", htmx="1")
    html = response.content.decode()
    assert 'role="alert"' in html
    assert "<form" not in html
    assert contents() == before


@pytest.mark.parametrize("status", ["final", "cancelled"])
def test_a_closed_review_is_read_and_not_changed(client: Client, db: None, status: str) -> None:
    review = scored_review(status)
    client.force_login(lead(review))
    assert client.get(page("coverage", review)).status_code == 200
    name = "agree" if review.consensus_at else "score"
    response = client.get(page(name, review, item(review, "O2")))
    assert 'id="sources"' in response.content.decode()
    assert page("source", review, item(review, "O2")) not in response.content.decode()
    before = contents()
    assert _send(client, review, source="DOC", closed="1").status_code == 302
    assert contents() == before


# The review


@pytest.mark.usefixtures("evaluator")
def test_the_words_come_first_and_say_who_nobody_has_asked(client: Client, review: Review) -> None:
    _note(review, "O2", source="INT", asked="jobbspesialist")
    html = client.get(page("coverage", review), headers={"Accept-Language": "nb"}).content.decode()
    assert html.index('<ul class="blockers">') < html.index("<table")
    words = [str(lack.words) for lack in _missing(client, review).perspectives]
    assert len(words) == 8
    InterviewFactory.create(review=review, informant=InformantFactory.create(review=review, perspective="behandler"))
    assert len(_missing(client, review).perspectives) == 7


def test_somebody_known_from_anothers_private_note_alone_is_not_asked(
    client: Client, review: Review, evaluator: User
) -> None:
    _note(review, "O2", source="INT", asked="behandler", private=True, author=_second(review))
    assert len(_missing(client, review).perspectives) == 9
    client.force_login(_second(review))
    assert len(_missing(client, review).perspectives) == 8


@pytest.mark.usefixtures("evaluator")
def test_items_nothing_points_at_and_notes_that_point_nowhere(client: Client, review: Review) -> None:
    everything = len(_missing(client, review).items)
    assert everything == 37
    _note(review, "O2", "G1", source="INT")
    CountFactory.create(review=review, item=item(review, "B1"))
    NoteFactory.create(review=review, on_sheet=True, items=[])
    found = _missing(client, review)
    assert {each.code for each in found.items} & {"O2", "G1", "B1"} == set()
    assert (len(found.items), found.loose) == (34, 1)


@pytest.mark.usefixtures("evaluator")
def test_the_table_leads_to_each_item(client: Client, review: Review) -> None:
    html = client.get(page("coverage", review)).content.decode()
    for code, scale in (("B1", "ips-25"), ("T14", "ips-25"), ("G12", "goi-12")):
        assert f'href="{page("score", review, item(review, code, scale))}"' in html
    assert html.count("<table") == html.count("<caption") == 2
    assert html.count('scope="rowgroup"') == 4


@pytest.mark.usefixtures("evaluator")
def test_what_is_expected_and_missing_is_said_in_words(client: Client, review: Review) -> None:
    for source in ("MIS", "DOC", "INT"):
        workflow.close_source(review, item(review, "B2"), source, lead(review))
    html = client.get(page("coverage", review)).content.decode()
    rows = {code: html[html.index(f'/{code}/"', html.index("<table")) :].split("</tr>")[0] for code in ("B1", "B2")}
    # Its three sources and the two it is asked of.
    assert rows["B1"].count('class="lacks"') == 5
    assert rows["B2"].count('class="lacks"') == 2
    cells = [cell.split(">", 1)[1].split("</td>")[0].strip() for cell in rows["B1"].split('class="lacks"')[1:]]
    assert len(set(cells)) == 1
    assert cells[0]


def test_an_observer_sees_it_and_the_metodeveileder_does_not(client: Client, cast_at: Callable[[str], Cast]) -> None:
    cast = cast_at("scoring")
    for person, status in ((cast.observer, 200), (cast.method_supervisor, 403), (cast.outsider, 404)):
        client.force_login(person)
        assert client.get(page("coverage", cast.review)).status_code == status
        sent = client.post(
            page("source", cast.review, item(cast.review, "B1")), {"source": "DOC", "closed": "1"}
        ).status_code
        assert sent == (302 if status == 200 else status)


def test_the_review_leads_there_for_those_who_see_it(client: Client, cast_at: Callable[[str], Cast]) -> None:
    cast = cast_at("scoring")
    for person, shown in ((cast.evaluator, True), (cast.observer, True), (cast.method_supervisor, False)):
        client.force_login(person)
        html = client.get(page("review", cast.review)).content.decode()
        assert (f'href="{page("coverage", cast.review)}"' in html) is shown


def test_an_item_that_the_review_does_not_have_is_not_found(client: Client, review: Review, evaluator: User) -> None:
    address = reverse("reviews:source", args=[review.pk, "ips-25", "X1"])
    assert client.post(address, {"source": "DOC", "closed": "1"}).status_code == 404


# A note that saves itself


def test_the_card_follows_a_note_that_saves_itself(client: Client, review: Review, evaluator: User) -> None:
    about: Item = item(review, "O2")
    note = client.get(page("score", review, about)).context["new_note"]
    sent = {
        "only": ["text", "items", "source"],
        "text": "Er med hver tirsdag.",
        "source": "OBS",
        "items": "O2",
        "date": review.first_day.isoformat(),
        "at": "ips-25/O2",
    }
    address = reverse("reviews:note", args=[review.pk, note.pk])
    answer = client.post(address, sent, headers={"Autosave": "1", "Autosave-As": str(evaluator.pk)})
    assert answer.status_code == 200, answer.content
    card = answer.json()["parts"]["sources"]
    assert 'id="sources"' in card
    assert _card(client, review)["OBS"].notes == 1
    assert card.count("<form") == 3
