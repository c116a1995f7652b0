"""What can be asked of whoever sets a document as PDF, without what it takes to do it."""

import datetime
from typing import NamedTuple, Protocol


class ForeignFileError(Exception):
    """A document asked for what is not ours, or is not there. A report without a part of it is worse than none."""


class Attached(NamedTuple):
    """A file of data that goes with a document, by its name and what it is; dated, for WeasyPrint would write the
    present time.
    """

    name: str
    description: str
    data: bytes
    at: datetime.datetime


class Setter(Protocol):
    """A press with a style sheet of ours, here (press.Press) or in another process (presses.Apart)."""

    def pages(self, source: str) -> int:
        """Return how many pages an HTML document takes. Raises ForeignFileError."""

    def place(self, source: str, anchor: str) -> float:
        """Return how far down its page an element stands, by its id, in millimetres. Raises ForeignFileError, and
        KeyError where there is none.
        """

    def write(self, source: str, attached: Attached | None = None) -> bytes:
        """Return an HTML document as PDF: the same bytes in any process. Raises ForeignFileError."""
