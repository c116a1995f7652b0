"""Where the findings come from, as pure rules on plain values: what an item has, the tables, and what is missing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviews.coverage import Cell, Evidence, Pointer, missing, of_item, perspective_label, source_label, table
from reviews.models import Perspective, Source
from scales.models import Item, Scale, Section

LABELS = {"MIS": "Styringsdata", "DOC": "Dokumenter", "INT": "Intervju"}


@pytest.fixture(autouse=True, scope="module")
def in_english() -> Iterator[None]:
    """The words as they are written."""
    with translation.override("en"):
        yield


class _Rows(list[object]):
    """Rows that are there already, as a prefetch gives them."""

    def all(self) -> "_Rows":
        """Return them."""
        return self


def _scale(*items: tuple[list[str], list[str]], labels: dict[str, str] | None = None) -> tuple[Scale, list[Item]]:
    """Return a scale of one section with an item for each pair of sources and perspectives that it names."""
    said = LABELS if labels is None else labels
    scale = Scale(pk=1, code="mini", sources={code: {"label": label, "means": ""} for code, label in said.items()})
    section = Section(pk=1, scale=scale, code="X", title="Del X")
    made = [
        Item(pk=number, section=section, code=f"X{number}", sources=sources, ask=ask)
        for number, (sources, ask) in enumerate(items, start=1)
    ]
    scale._prefetched_objects_cache = {"sections": _Rows([section])}  # type: ignore[attr-defined]  # Django's own
    section._prefetched_objects_cache = {"items": _Rows(made)}  # type: ignore[attr-defined]  # Django's own
    return scale, made


def _cells(cells: tuple[Cell, ...]) -> dict[str, Cell]:
    return {cell.code: cell for cell in cells}


# One item


def test_an_item_has_a_cell_for_each_source_that_the_scale_names_in_the_scales_order() -> None:
    _mini, (item,) = _scale((["INT", "MIS", "DOC"], ["behandler"]))
    found = of_item(item, Evidence())
    assert [(cell.code, cell.label) for cell in found.sources] == [
        ("INT", "Intervju"),
        ("MIS", "Styringsdata"),
        ("DOC", "Dokumenter"),
    ]
    assert all(cell.is_missing and not cell.has_something for cell in found.sources)
    assert (found.notes, found.figures, found.is_bare) == (0, False, True)


def test_a_cell_tells_how_many_notes_point_at_the_item_from_there() -> None:
    _mini, (one, two) = _scale((["INT", "DOC"], ["behandler"]), (["INT"], []))
    evidence = Evidence(
        pointers=(
            Pointer("a", one.pk, "INT", "behandler"),
            Pointer("b", one.pk, "INT"),
            Pointer("b", two.pk, "INT"),
            Pointer("c", None, "DOC", "ledelse"),
        )
    )
    found = of_item(one, evidence)
    assert [(cell.code, cell.notes) for cell in found.sources] == [("INT", 2), ("DOC", 0)]
    assert [(cell.code, cell.notes) for cell in found.perspectives] == [("behandler", 1)]
    assert (found.notes, of_item(two, evidence).notes) == (2, 1)


def test_what_the_scale_does_not_name_for_the_item_shows_after_what_it_names() -> None:
    _mini, (item,) = _scale((["DOC"], ["ledelse"]))
    pointers = (
        Pointer(1, item.pk, "OBS", "parorende"),
        Pointer(2, item.pk, "", "behandler"),
        Pointer(3, item.pk, "INT"),
    )
    found = of_item(item, Evidence(pointers=pointers))
    assert [(cell.code, cell.expected) for cell in found.sources] == [
        ("DOC", True),
        ("INT", False),
        ("OBS", False),
        ("", False),
    ]
    assert [cell.code for cell in found.perspectives] == ["ledelse", "behandler", "parorende"]
    assert not any(cell.is_missing for cell in found.sources if not cell.expected)


def test_figures_are_something_from_management_data_also_where_the_scale_does_not_name_it() -> None:
    _mini, (named, other) = _scale((["MIS", "DOC"], []), (["DOC"], []))
    evidence = Evidence(figures=frozenset({named.pk, other.pk}))
    for item, expected in ((named, True), (other, False)):
        cell = _cells(of_item(item, evidence).sources)["MIS"]
        assert (cell.has_something, cell.expected, cell.notes) == (True, expected, 0)
        assert not of_item(item, evidence).is_bare
    assert "MIS" not in _cells(of_item(other, Evidence()).sources)


def test_a_source_without_access_is_not_missing_and_can_be_opened_again() -> None:
    _mini, (item,) = _scale((["MIS", "DOC"], []))
    cells = _cells(of_item(item, Evidence(closed=frozenset({(item.pk, "MIS")}))).sources)
    assert (cells["MIS"].closed, cells["MIS"].is_missing, cells["MIS"].can_be_closed) == (True, False, True)
    assert (cells["DOC"].closed, cells["DOC"].is_missing, cells["DOC"].can_be_closed) == (False, True, True)


def test_what_has_something_is_not_offered_to_be_closed_and_comes_first_on_the_card() -> None:
    _mini, (item,) = _scale((["MIS", "DOC", "INT"], []))
    closed = frozenset({(item.pk, "MIS")})
    found = of_item(item, Evidence((Pointer(1, item.pk, "INT"), Pointer(2, item.pk, "MIS")), closed=closed))
    assert not _cells(found.sources)["INT"].can_be_closed
    # Somebody said there was no access before there was: that can be taken back.
    assert _cells(found.sources)["MIS"].can_be_closed
    assert [cell.code for cell in found.sources_with_something_first] == ["MIS", "INT", "DOC"]


def test_an_item_all_of_whose_sources_are_closed_is_explained() -> None:
    _mini, (item, without) = _scale((["MIS", "DOC"], []), ([], ["ledelse"]))
    assert of_item(item, Evidence(closed=frozenset({(item.pk, "MIS")}))).is_bare
    assert not of_item(item, Evidence(closed=frozenset({(item.pk, "MIS"), (item.pk, "DOC")}))).is_bare
    # An item without sources has none that could be closed.
    assert of_item(without, Evidence()).is_bare


def test_a_scale_may_name_what_we_do_not_know() -> None:
    """An edition loaded by an organisation is not ours."""
    scale, (item,) = _scale((["LOG"], ["nabo"]), labels={"LOG": "Loggbok"})
    found = of_item(item, Evidence())
    assert [str(cell.label) for cell in (*found.sources, *found.perspectives)] == ["Loggbok", "nabo"]
    # The database would not take it as closed.
    assert not found.sources[0].can_be_closed
    assert source_label(scale, "XYZ") == "XYZ"
    assert perspective_label("nabo") == "nabo"
    assert not missing([scale], Evidence()).perspectives


# The table of a scale


def test_the_table_has_a_cell_for_each_item_and_column() -> None:
    scale, (one, two) = _scale((["DOC", "MIS"], ["ledelse"]), (["INT"], ["deltaker", "ledelse"]))
    found = table(scale, Evidence((Pointer(1, two.pk, "OBS", "behandler"),)))
    assert [column.code for column in found.sources] == ["MIS", "DOC", "INT", "OBS"]
    assert [column.code for column in found.perspectives] == ["deltaker", "behandler", "ledelse"]
    assert found.width == 9
    ((section, rows),) = found.sections
    assert (section.title, [row.item for row in rows]) == ("Del X", [one, two])
    for row in rows:
        assert [cell.code for cell in row.sources] == ["MIS", "DOC", "INT", "OBS"]
    assert [cell.code for cell in rows[0].sources if cell.is_missing] == ["MIS", "DOC"]
    assert [cell.code for cell in rows[1].perspectives if cell.is_missing] == ["deltaker", "ledelse"]


def test_a_scale_that_names_no_sources_has_perspectives_only() -> None:
    scale, (item,) = _scale(([], ["ledelse"]), labels={})
    found = table(scale, Evidence((Pointer(1, item.pk, "INT", "ledelse"),), figures=frozenset({item.pk})))
    assert found.sources == ()
    ((_section, (row,)),) = found.sections
    assert (row.sources, row.notes, row.figures) == ((), 1, True)
    assert not missing([scale], Evidence()).sources


# What is missing


def test_perspectives_that_nobody_was_asked_for_are_told_with_the_items_that_name_them() -> None:
    scale, (one, two) = _scale((["INT"], ["behandler", "deltaker"]), (["INT"], ["behandler"]))
    found = missing([scale], Evidence())
    assert [(str(lack.words), lack.items) for lack in found.perspectives] == [
        ("No participant has been asked.", (one,)),
        ("No clinician has been asked.", (one, two)),
    ]
    asked_anywhere = Evidence((Pointer(1, None, "INT", "behandler"),))
    in_an_interview = Evidence(perspectives=frozenset({"behandler"}))
    for evidence in (asked_anywhere, in_an_interview):
        assert [lack.items for lack in missing([scale], evidence).perspectives] == [(one,)]


def test_sources_that_nothing_comes_from_are_told_unless_there_was_no_access() -> None:
    scale, (one, two) = _scale((["DOC", "MIS"], []), (["DOC"], []))
    assert [(str(lack.words), lack.items) for lack in missing([scale], Evidence()).sources] == [
        ("Nothing comes from management data.", (one,)),
        ("Nothing comes from documents.", (one, two)),
    ]
    counted = Evidence(figures=frozenset({two.pk}), closed=frozenset({(one.pk, "DOC")}))
    assert [lack.items for lack in missing([scale], counted).sources] == [(two,)]
    looked = Evidence(sources=frozenset({"DOC", "MIS"}))
    assert not missing([scale], looked).sources


def test_notes_that_point_nowhere_are_counted_and_make_no_item_less_bare() -> None:
    scale, (one, two) = _scale((["INT"], []), (["INT"], []))
    found = missing([scale], Evidence((Pointer("a", None, "INT"), Pointer("b", None), Pointer("c", two.pk, "INT"))))
    assert (found.loose, found.items) == (2, (one,))


def test_nothing_is_missing_where_all_is_there() -> None:
    scale, (item,) = _scale((["INT"], ["behandler"]))
    assert missing([scale], Evidence()).is_anything
    assert not missing([scale], Evidence((Pointer(1, item.pk, "INT", "behandler"),))).is_anything


def test_every_source_and_perspective_has_words_for_its_lack() -> None:
    scale, _items = _scale((list(Source.values), list(Perspective.values)))
    found = missing([scale], Evidence())
    assert len(found.sources) == len(Source.values)
    assert len({str(lack.words) for lack in found.perspectives}) == len(Perspective.values)


# Whatever is there

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""On a machine that does much else at once, the first draw alone may take its time."""

SOURCES = st.sampled_from(["MIS", "DOC", "INT"])
ASKED = st.sampled_from(["behandler", "deltaker", "ledelse"])
NAMED = st.lists(st.tuples(st.lists(SOURCES, unique=True), st.lists(ASKED, unique=True)), min_size=1, max_size=4)
POINTERS = st.lists(
    st.builds(
        Pointer,
        note=st.integers(1, 5),
        item=st.none() | st.integers(1, 4),
        source=SOURCES | st.sampled_from(["OBS", ""]),
        perspective=ASKED | st.just(""),
    ),
    max_size=12,
).map(tuple)
EVIDENCE = st.builds(
    Evidence,
    pointers=POINTERS,
    figures=st.frozensets(st.integers(1, 4)),
    closed=st.frozensets(st.tuples(st.integers(1, 4), SOURCES)),
    perspectives=st.frozensets(ASKED),
    sources=st.frozensets(SOURCES),
)


@CALM
@given(NAMED, EVIDENCE)
def test_the_card_the_table_and_the_words_say_the_same(
    named: list[tuple[list[str], list[str]]], all_: Evidence
) -> None:
    scale, items = _scale(*named)
    found, said = table(scale, all_), missing([scale], all_)
    rows = [row for _section, rows in found.sections for row in rows]
    for item, row in zip(items, rows, strict=True):
        own = of_item(item, all_)
        assert (row.notes, row.figures) == (own.notes, own.figures)
        in_table = _cells(row.perspectives) | _cells(row.sources)
        for cell in own.perspectives if not found.sources else (*own.sources, *own.perspectives):
            assert in_table[cell.code] == cell
        empty = {code for code, cell in in_table.items() if code not in _cells((*own.sources, *own.perspectives))}
        assert not any(in_table[code].expected or in_table[code].has_something for code in empty)
        assert (item in said.items) <= (not own.notes and not own.figures)
    for lack in (*said.perspectives, *said.sources):
        assert lack.items


@CALM
@given(NAMED, EVIDENCE, POINTERS)
def test_more_notes_never_make_more_missing(
    named: list[tuple[list[str], list[str]]], before: Evidence, more: tuple[Pointer, ...]
) -> None:
    scale, items = _scale(*named)
    after = replace(before, pointers=(*before.pointers, *more))
    fewer, said = missing([scale], after), missing([scale], before)
    assert set(fewer.items) <= set(said.items)
    assert {lack.words for lack in fewer.perspectives} <= {lack.words for lack in said.perspectives}
    assert {lack.words for lack in fewer.sources} <= {lack.words for lack in said.sources}
    for item in items:
        lacking = {cell.code for cell in of_item(item, after).sources if cell.is_missing}
        assert lacking <= {cell.code for cell in of_item(item, before).sources if cell.is_missing}
