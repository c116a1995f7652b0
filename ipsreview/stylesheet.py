"""One style sheet out of many, as text: what is imported put in place of the import, and no comments. And which letters
and weights it asks of its fonts.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_STRING_OR_COMMENT = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|/\*.*?\*/""", re.S)
_IMPORT = re.compile(r'@import url\("([^"]+)"\)(?: layer\(([a-z.]+)\))?;')
_CHARSET = re.compile(r'@charset "utf-8";', re.I)
_FILE = re.compile(r"""url\(\s*["']?(?!["']|data:|#)""")
_FACE = re.compile(r"@font-face\s*{(.*?)}", re.S)
_SPAN = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", re.I)


@dataclass(frozen=True)
class Face:
    """What a style sheet uses of a font file: its name, the weights from and to, and the code points."""

    name: str
    weights: tuple[int, int]
    letters: frozenset[int]


def in_one(name: str, read: Callable[[str], str]) -> str:
    """Return the style sheet `name` with the sheets it imports in place of the imports, each in its layer.

    `read` gives the text of a sheet by its name. Raises ValueError for an import that would be left standing, and for a
    sheet from another directory that names a file, which would be looked for in the wrong place.
    """
    home = posixpath.dirname(name)

    def put_in(found: re.Match[str]) -> str:
        part = posixpath.normpath(posixpath.join(home, found[1]))
        text = _CHARSET.sub("", _bare(read(part)))
        if posixpath.dirname(part) != home and _FILE.search(text):
            raise ValueError(f"{part} names a file, and {name} lies in another directory.")
        return f"@layer {found[2]}{{{text}}}\n" if found[2] else text

    text = _IMPORT.sub(put_in, _bare(read(name)))
    if "@import" in text:
        raise ValueError(f"{name} would still import something.")
    return text


def imported(name: str, text: str) -> list[str]:
    """Return the names of what the style sheet `name` imports."""
    home = posixpath.dirname(name)
    return [posixpath.normpath(posixpath.join(home, found[1])) for found in _IMPORT.finditer(_bare(text))]


def faces(name: str, text: str) -> Iterator[Face]:
    """Give what the style sheet `name` uses of each font file. Raises ValueError for one that does not say it."""
    home = posixpath.dirname(name)
    for body in _FACE.findall(text):
        file = re.search(r'url\("([^"]+)"\)', body)
        weights = re.search(r"font-weight:\s*(\d+) (\d+)\s*;", body)
        letters = re.search(r"unicode-range:([^;]*)", body)
        if not (file and weights and letters):
            raise ValueError(f"A typeface of {name} does not say its file, its weights and its letters.")
        spans = ((int(start, 16), int(end or start, 16)) for start, end in _SPAN.findall(letters[1]))
        yield Face(
            posixpath.normpath(posixpath.join(home, file[1])),
            (int(weights[1]), int(weights[2])),
            frozenset(code for start, end in spans for code in range(start, end + 1)),
        )


def _bare(text: str) -> str:
    """Return a style sheet without its comments and empty lines."""
    without = _STRING_OR_COMMENT.sub(lambda found: found[1] or "", text)
    return "\n".join(line for line in (each.strip() for each in without.splitlines()) if line) + "\n"
