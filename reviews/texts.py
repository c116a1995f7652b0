"""What a text must not hold or is asked about: national identity numbers, phone numbers and e-mail addresses. Pure.

Places are (start, end) in the text as Python counts it; `in_page` turns one into what a browser's text field counts.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from stdnum.exceptions import ValidationError
from stdnum.no import fodselsnummer

HIDDEN = "•"
"""Stands in a message for a digit that is not told."""

_HIDDEN_DIGITS = 5
"""How many digits of an identity number are hidden where its place is shown: all but the day of birth."""

_AROUND = 24
"""How many characters are shown before and after a place."""


class Place(NamedTuple):
    """Where something stands in a text."""

    start: int
    end: int


@dataclass(frozen=True)
class Contact:
    """A phone number or an e-mail address: where it stands, and the same `key` however it is written."""

    place: Place
    key: str


_DIGIT = re.compile(r"\d")
_AT = re.compile("[@\N{FULLWIDTH COMMERCIAL AT}]")
_IDENTITY_DIGITS = 11
_PHONE_DIGITS = 8

# What people write between the parts of a number, once letters and signs of one meaning are one: spaces, a sign with or
# without spaces, a line break in what was pasted from a table.
_BETWEEN = r"(?:[ \t]{1,3}|[ \t]?[-./:_,][ \t]?|[ \t]?\n{1,2}[ \t]?)"
_BIRTHDAYS = (
    r"\d{6}",
    rf"\d{{2}}{_BETWEEN}\d{{2}}{_BETWEEN}\d{{2}}",
    rf"\d{{2}}{_BETWEEN}?\d{{2}}{_BETWEEN}?(?:18|19|20)\d{{2}}(?=\D)",
)
_PERSONAL = (r"\d{5}", rf"\d{{3}}{_BETWEEN}\d{{2}}", rf"\d{{2}}{_BETWEEN}\d{{3}}")
# Each way of writing is looked for by itself and from every digit on, so that what is none cannot hide what is one. A
# longer run of digits is another kind of number.
_IDENTITY_SHAPES = tuple(
    re.compile(rf"(?<!\d)(?=({birthday}{_BETWEEN}?{personal})(?!\d))")
    for birthday in _BIRTHDAYS
    for personal in _PERSONAL
)

SHIFTS = (0, 40, 65, 80)
"""What is added to the month: nothing for a person, 40 in an H-nummer and for Nav's made-up people, 65 and 80 for those
of other registers (80: Skatteetaten's). They are refused too: nobody should have to tell them from others.
"""

_E_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
# Eight digits as Norwegian numbers are written, with the country's code or without: none that goes on as a row of
# figures, or stands in an address or a decimal fraction. None begins with 20, as years do.
_NATIONAL = re.compile(
    r"(?<![\w/])(?<!\d[-.,:])(?<!\d{2}[ ])(?P<code>\(?(?:\+|00)?47\)?[ ]?)?"
    r"(?P<number>(?!20)(?:[2-9]\d{7}|[2-9]\d([ .])\d{2}\3\d{2}\3\d{2}|[2-9]\d{2}([ .])\d{2}\4\d{3}))"
    r"(?!\w|[-/.,:]\d|[ ]\d{2}(?!\d))"
)
_INTERNATIONAL = re.compile(r"(?<![\w/+])(?:\+|00)(?P<number>[1-9](?:[ .()/-]{0,2}\d){7,13})(?![\w/])")
_MONEY_BEFORE = re.compile(r"(?:kr|nok|eur|usd)[. ]*$", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"[ ]?(?:(?:kr|kroner|nok|eur|usd|mill)\b|,-)", re.IGNORECASE)
_RUN_TOGETHER_DATE = re.compile(
    r"(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d{2}|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
)


def identity_numbers(text: str) -> list[Place]:
    """Return where national identity numbers stand: fødselsnummer, D-nummer, H-nummer and those of made-up people, in
    the ways that they are written. The check digits and the day of birth must hold; numbers without a day of birth
    (FH-nummer) are not looked for.
    """
    if len(_DIGIT.findall(text)) < _IDENTITY_DIGITS:
        return []
    plain, places = _plain(text)
    found = [
        Place(places[match.start(1)], places[match.end(1) - 1] + 1)
        for shape in _IDENTITY_SHAPES
        for match in shape.finditer(plain)
        if _is_identity_number(re.sub(r"\D", "", match[1]))
    ]
    return _apart(found)


def _is_identity_number(digits: str) -> bool:
    """Whether eleven digits, or thirteen with the whole year, are an identity number."""
    century = ""
    if len(digits) == 13:
        century, digits = digits[4:6], digits[:4] + digits[6:]
    if digits[9] != fodselsnummer.calc_check_digit1(digits) or digits[10] != fodselsnummer.calc_check_digit2(digits):
        return False
    month = next((int(digits[2:4]) - shift for shift in SHIFTS if 1 <= int(digits[2:4]) - shift <= 12), None)
    if month is None:
        return False
    try:
        born = fodselsnummer.get_birth_date(f"{digits[:2]}{month:02}{digits[4:]}")
    except ValidationError:
        return False
    return f"{born.year}".startswith(century)


def contacts(text: str) -> list[Contact]:
    """Return the phone numbers and e-mail addresses in a text, each time one stands there."""
    if not _AT.search(text) and len(_DIGIT.findall(text)) < _PHONE_DIGITS:
        return []
    plain, places = _plain(text)
    found = {
        Place(places[match.start()], places[match.end() - 1] + 1): key
        for match, key in [*_addresses(plain), *_phones(plain)]
    }
    return [Contact(place, found[place]) for place in _apart(list(found))]


def _addresses(plain: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in _E_MAIL.finditer(plain):
        yield match, match[0].casefold()


def _phones(plain: str) -> Iterator[tuple[re.Match[str], str]]:
    for match in _NATIONAL.finditer(plain):
        number = re.sub(r"\D", "", match["number"])
        if match["code"] or not (_RUN_TOGETHER_DATE.fullmatch(match["number"]) or _is_money(plain, match)):
            yield match, number
    for match in _INTERNATIONAL.finditer(plain):
        number = re.sub(r"\D", "", match["number"])
        if not _is_money(plain, match):
            # With Norway's code it is the number it is without.
            yield match, number[2:] if number.startswith("47") and len(number) == 10 else number


def _is_money(plain: str, match: re.Match[str]) -> bool:
    before = plain[max(match.start() - 6, 0) : match.start()]
    return bool(_MONEY_BEFORE.search(before) or _MONEY_AFTER.match(plain, match.end()))


def _plain(text: str) -> tuple[str, range | list[int]]:
    """Return a text with digits, spaces and signs of one meaning as one character and without those that show nothing,
    and where each of its characters stands in `text`.
    """
    if text.isascii():
        return text.replace("\r", "\n"), range(len(text))
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if said := _plain_character(character):
            characters.append(said)
            places.append(place)
    return "".join(characters), places


def _plain_character(character: str) -> str:
    """Return the ASCII character that means the same: none for one that shows nothing, itself where there is none."""
    if character.isascii():
        return "\n" if character == "\r" else character
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    match unicodedata.category(character):
        case "Cf":
            return ""
        case "Zs":
            return " "
        case "Zl" | "Zp":
            return "\n"
        case "Pd":
            return "-"
        case "Po" | "Pc" | "Sm":
            # The wide signs that come with wide digits, and the minus.
            folded = unicodedata.normalize("NFKC", character.replace("\N{MINUS SIGN}", "-"))
            return folded if len(folded) == 1 and folded.isascii() else character
    return character


def _apart(places: list[Place]) -> list[Place]:
    """Return the places in their order; of those that overlap, the one that begins first, and then the longest."""
    found: list[Place] = []
    for place in sorted(places, key=lambda each: (each.start, -each.end)):
        if not found or place.start >= found[-1].end:
            found.append(place)
    return found


def hide(text: str) -> str:
    """Return a text, as long as it was, with the last five digits of each national identity number hidden."""
    characters = list(text)
    for place in identity_numbers(text):
        digits = [each for each in range(*place) if text[each].isdecimal()]
        for each in digits[-_HIDDEN_DIGITS:]:
            characters[each] = HIDDEN
    return "".join(characters)


def around(text: str, place: Place) -> str:
    """Return the words at a place and a few around them on one line, identity numbers hidden."""
    hidden = hide(text)
    start, end = max(place.start - _AROUND, 0), min(place.end + _AROUND, len(text))
    before, after = hidden[start : place.start], hidden[place.end : end]
    if start > 0:
        before = "… " + before.partition(" ")[2]
    if end < len(text):
        after = after.rpartition(" ")[0] + " …"
    return " ".join((before + hidden[slice(*place)] + after).split())


def line_of(text: str, place: Place) -> int:
    """Return the number of the line that a place begins on; the first is 1."""
    return _as_typed(text[: place.start]).count("\n") + 1


def in_page(text: str, place: Place) -> tuple[int, int]:
    """Return a place as a browser counts it in its text field: in UTF-16 units, a line break as one."""
    return _page_length(text[: place.start]), _page_length(text[: place.end])


def _page_length(text: str) -> int:
    return len(_as_typed(text).encode("utf-16-le", "surrogatepass")) // 2


def _as_typed(text: str) -> str:
    """Return a text with line breaks as a text field has them; a form that is sent has two characters for each."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
