"""The typeface of the PDF, and what to do about characters it lacks.

The PDF uses nothing but the Inter that comes with the program: one file per weight, because WeasyPrint mixes up the
glyphs of a family that is split into subsets. A character without a glyph would break the archive format, or be drawn
from whatever the machine has installed, and the same report would look different elsewhere; so it is printed as U+FFFD.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont

FILES = {"regular": "Inter-Regular.ttf", "semibold": "Inter-SemiBold.ttf"}
"""The weights there are. Set-up makes the files, by typeface.py."""
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
MOST_MARKS = 4
"""How many marks one letter is printed with. No language puts more on it, and they would stand in the lines above."""
_LAYOUT = "\n\t"
_HERE = Path(__file__).resolve().parent / "inter"


def path(name: str) -> Path:
    """Where the font `name`, a key of FILES, lies."""
    return _HERE / FILES[name]


@cache
def data(name: str) -> bytes:
    """The font `name`, a key of FILES, as TrueType. Raises FileNotFoundError where set-up has not made it."""
    return path(name).read_bytes()


@cache
def covered() -> frozenset[int]:
    """The code points that every weight can print, without private use: those mean one thing here, another there."""
    found = [frozenset(TTFont(BytesIO(data(name)), lazy=True).getBestCmap()) for name in FILES]
    return frozenset(code for code in frozenset.intersection(*found) if unicodedata.category(chr(code)) != "Co")


def _is_invisible(character: str) -> bool:
    """Whether it only steers how its neighbours are drawn: joiners, soft hyphens, variation selectors, and such."""
    return unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"


def missing(text: str) -> list[str]:
    """The characters of `text` that the fonts lack, each once, in order; those without a shape do not count."""
    return sorted(
        {
            character
            for character in set(unicodedata.normalize("NFC", text))
            if ord(character) not in covered() and character not in _LAYOUT + "\r" and not _is_invisible(character)
        }
    )


def named(characters: Iterable[str]) -> list[str]:
    """How characters are told of: as they are, or by their code point where nothing would be seen."""
    return [each if each.isprintable() else f"U+{ord(each):04X}" for each in characters]


def printable(text: str) -> str:
    """`text` as it is printed: composed, with U+FFFD for what the fonts lack, without what has no shape, and with no
    more than MOST_MARKS marks on one letter.
    """
    printed: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if ord(character) in covered() or character in _LAYOUT:
            shown = character
        else:
            shown = "" if _is_invisible(character) else REPLACEMENT
        if marks <= MOST_MARKS:
            printed.append(shown)
    return "".join(printed)
