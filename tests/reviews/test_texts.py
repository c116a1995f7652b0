"""What a text may not hold or is asked about: identity numbers, phone numbers, addresses; and where they stand."""

import datetime
import unicodedata

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation
from hypothesis import assume, given
from hypothesis import strategies as st

from reviews import texts
from reviews.models.fields import LongText, refuse_identity_numbers
from reviews.texts import Place
from tests.identity import D_NUMBER, H_NUMBER, ORDINARY, OTHER_REGISTER, SKATTEETATEN, made_up, with_check_digits

NUMBER = made_up()
BLANKS = (" ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\t", "  ")
SIGNS = ("-", ".", "/", ":", "_", ", ", "\N{EN DASH}", "\N{NON-BREAKING HYPHEN}", " - ", " \N{MINUS SIGN} ")
SEPARATORS = ("", *BLANKS, *SIGNS, "\n", "\r\n")
ZEROS = ("0", "\N{FULLWIDTH DIGIT ZERO}", "\N{ARABIC-INDIC DIGIT ZERO}", "\N{MATHEMATICAL MONOSPACE DIGIT ZERO}")

numbers = st.builds(
    lambda born, start, month, day: made_up(born, start, month=month, day=day),
    st.dates(datetime.date(1854, 1, 1), datetime.date(2039, 12, 31)),
    st.integers(0, 499),
    st.sampled_from([ORDINARY, H_NUMBER, OTHER_REGISTER, SKATTEETATEN]),
    st.sampled_from([0, D_NUMBER]),
)


def written(number: str, separators: tuple[str, str], zero: str = "0") -> str:
    """Return a number as it may be written: what stands between day, month and year, and before the rest."""
    within, between = separators
    said = within.join([number[:2], number[2:4], number[4:6]]) + between + number[6:]
    return "".join(chr(ord(zero) + int(each)) if each.isdecimal() else each for each in said)


@st.composite
def _ways(draw: st.DrawFn) -> tuple[str, str]:
    return draw(st.sampled_from(("", *BLANKS, *SIGNS))), draw(st.sampled_from(SEPARATORS))


def _ends_in_digit(text: str) -> bool:
    shown = [each for each in text if unicodedata.category(each) != "Cf"]
    return bool(shown) and shown[-1].isdecimal()


@given(numbers, _ways(), st.sampled_from(ZEROS), st.text(max_size=30), st.text(max_size=30))
def test_every_identity_number_is_found_wherever_it_stands_and_however_it_is_written(
    number: str, separators: tuple[str, str], zero: str, before: str, after: str
) -> None:
    # A longer run of digits is another kind of number.
    assume(not _ends_in_digit(before) and not _ends_in_digit(after[::-1]))
    said = written(number, separators, zero)
    found = texts.identity_numbers(before + said + after)
    assert any(start <= len(before) and end >= len(before + said) for start, end in found)
    assert number[6:] not in texts.hide(before + said + after)


@given(st.text("0123456789", min_size=11, max_size=11), _ways())
def test_eleven_digits_whose_check_digits_are_wrong_are_no_identity_number(
    digits: str, separators: tuple[str, str]
) -> None:
    assume(with_check_digits(digits[:9]) != digits)
    # Nor is what a part of them could be with the whole year.
    assert texts.identity_numbers(written(digits, separators)) == []


@pytest.mark.parametrize("nine", ["329990000", "019390000", "300290000", "009990000", "901290000"])
def test_digits_without_a_day_of_birth_are_no_identity_number(nine: str) -> None:
    valid = [number for each in range(500) if (number := with_check_digits(f"{nine[:6]}{each:03}"))]
    assert valid
    assert all(texts.identity_numbers(number) == [] for number in valid)


@pytest.mark.parametrize(
    "text",
    [
        f"4{NUMBER}",
        f"{NUMBER}4",
        f"{NUMBER[:6]}12 {NUMBER[6:]}",
        f"12345{NUMBER}",
        "",
        "T4: 12 av 15, 80 %.",
    ],
)
def test_a_longer_run_of_digits_is_none(text: str) -> None:
    assert texts.identity_numbers(text) == []


@pytest.mark.parametrize("sign", [" ", "-", ", "])
def test_the_whole_year_may_be_written(sign: str) -> None:
    day = f"{NUMBER[:2]}.{NUMBER[2:4]}.19{NUMBER[4:6]}"
    text = f"født {day}{sign}{NUMBER[6:]}"
    assert texts.identity_numbers(text) == [Place(5, len(text))]
    assert texts.identity_numbers(text.replace(".19", ".20")) == []


def test_several_are_found_each_in_its_place() -> None:
    other = made_up(datetime.date(2001, 12, 31), 7)
    text = f"3 {NUMBER}, {other} og 12 {NUMBER[:6]} {NUMBER[6:]} 5"
    assert [text[slice(*place)] for place in texts.identity_numbers(text)] == [
        NUMBER,
        other,
        f"{NUMBER[:6]} {NUMBER[6:]}",
    ]


# Places, and what is shown of them


@given(st.text(), st.text())
def test_a_place_in_the_page_is_counted_as_the_browser_counts(before: str, after: str) -> None:
    assume(not _ends_in_digit(before) and not _ends_in_digit(after[::-1]))
    text = f"{before}{NUMBER}{after}"
    typed = text.replace("\r\n", "\n").replace("\r", "\n")
    units = typed.encode("utf-16-le", "surrogatepass")
    start, end = texts.in_page(text, Place(len(before), len(before) + 11))
    assert units[2 * start : 2 * end].decode("utf-16-le") == NUMBER


def test_a_place_after_an_emoji_and_line_breaks() -> None:
    text = f"\N{GRINNING FACE} to\r\nlinjer\r\n{NUMBER}"
    (place,) = texts.identity_numbers(text)
    assert texts.in_page(text, place) == (13, 24)
    assert texts.line_of(text, place) == 3


def test_the_words_around_are_shown_without_the_last_five_digits_of_any() -> None:
    text = f"En lang innledning som ikke trengs. Hun er født {NUMBER[:6]} {NUMBER[6:]}, mannen {NUMBER} og mer til"
    (place, _other) = texts.identity_numbers(text)
    assert texts.around(text, place) == "… trengs. Hun er født 018190 •••••, mannen 018190••••• og …"


def test_the_error_names_the_line_and_the_place_and_repeats_no_number() -> None:
    with translation.override("en"), pytest.raises(ValidationError) as raised:
        refuse_identity_numbers(f"Først.\r\n100 % født {NUMBER}.")
    (error,) = raised.value.error_list
    assert error.messages == ["Line 2 has a national identity number: “Først. 100 % født 018190•••••.”. Take it out."]
    assert error.params is not None
    assert (error.code, error.params["place"]) == ("identity", (18, 29))
    with translation.override("en"), pytest.raises(ValidationError) as raised:
        refuse_identity_numbers(f"Født {NUMBER}")
    assert raised.value.messages == ["There is a national identity number here: “Født 018190•••••”. Take it out."]


def test_no_text_column_takes_one() -> None:
    found = [
        field
        for model in apps.get_app_config("reviews").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.TextField)
    ]
    assert len(found) > 20
    for field in found:
        assert isinstance(field, LongText), field
        with pytest.raises(ValidationError) as raised:
            field.run_validators(f"Født {NUMBER}")
        assert [error.code for error in raised.value.error_list] == ["identity"], field


# Phone numbers and addresses


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ring 90 12 34 56.", "90 12 34 56"),
        ("Ring 901 23 456 i dag", "901 23 456"),
        ("tlf.90123456", "90123456"),
        ("tlf: 22\N{NO-BREAK SPACE}33\N{NO-BREAK SPACE}44\N{NO-BREAK SPACE}55", "22\xa033\xa044\xa055"),
        ("(+47) 901 23 456", "(+47) 901 23 456"),
        ("+4790123456", "+4790123456"),
        ("0047 90 12 34 56", "0047 90 12 34 56"),
        ("+46 70 123 45 67", "+46 70 123 45 67"),
        ("0046 70-123 45 67", "0046 70-123 45 67"),
        ("Kari.Nordmann+ips@post.example.no, sa hun", "Kari.Nordmann+ips@post.example.no"),
        ("\N{GRINNING FACE}ola@example.org.", "ola@example.org"),
        ("90123456 Kristin", "90123456"),
    ],
)
def test_phone_numbers_and_addresses_are_found(text: str, found: str) -> None:
    assert [text[slice(*each.place)] for each in texts.contacts(text)] == [found]


@pytest.mark.parametrize(
    "text",
    [
        "2025 2026",
        "2025-2026",
        "20252026",
        "12.10.2026",
        "24.10.2026 25.10.2026",
        "20261012",
        "24102026",
        "2026-10-24 kl. 20.30-21.30",
        "kr 45 000 000",
        "45000000 kroner",
        "NOK 45000000",
        "20 18 22 19",
        "45 50 55 60 65",
        "1 234 567",
        "23 456 789",
        "0,23456789",
        "https://example.org/90123456",
        "11 22 33 44",
        "974 760 673",
        "T4 og T12, 3 av 4 @ kontoret",
        "+1 000 000 kr",
    ],
)
def test_years_dates_amounts_and_rows_of_figures_are_not_asked_about(text: str) -> None:
    assert texts.contacts(text) == []


def test_the_same_number_is_the_same_however_it_is_written() -> None:
    text = "+47 901 23 456, 90 12 34 56, 0047 90123456, +47 90-12-34-56 og KARI@example.org, kari@Example.org"
    assert [each.key for each in texts.contacts(text)] == ["90123456"] * 4 + ["kari@example.org"] * 2


@given(st.text(st.sampled_from("0123456789 .-+@()a\N{NO-BREAK SPACE}\n\N{GRINNING FACE}æ"), max_size=200))
def test_every_place_is_within_the_text_and_none_overlap(text: str) -> None:
    for found in (texts.identity_numbers(text), [each.place for each in texts.contacts(text)]):
        edges = [edge for place in found for edge in place]
        assert edges == sorted(edges)
        assert all(0 <= edge <= len(text) for edge in edges)
        assert all(place.start < place.end for place in found)
    assert len(texts.hide(text)) == len(text)
