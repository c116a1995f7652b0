"""A PDF's objects put into bytes once: pydyf does it for the file's identifier, and again for the file, and packs each
page and each font twice.
"""

from typing import Any

import pydyf  # type: ignore[import-untyped]  # has no types


class _Written(pydyf.Object):  # type: ignore[misc]  # has no types
    """An object whose bytes are known, in the place of the one they are of."""

    data = b""
    compressible = False

    def __init__(self, made: Any) -> None:
        super().__init__()
        self.number, self.generation, self.free = made.number, made.generation, made.free
        self.data, self.compressible = made.data, made.compressible


def once(pdf: Any) -> None:
    """Put the objects of a PDF into bytes, just before it is written: none may change after that."""
    pdf.objects[:] = [each if each.free == "f" else _Written(each) for each in pdf.objects]
