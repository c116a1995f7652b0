"""Page one keeps to one page, whatever is written: how much room its texts get, from ample to least.

What is shortened here stands whole later in the report: strengths after the summary, recommendations and what law bars
at their items, names and recipients under "About the review", titles at their parts.
"""

from collections.abc import Callable
from typing import NamedTuple


class Fit(NamedTuple):
    """How page one makes room.

    `size` names the size of its type in the style sheet; the others are the most characters that a strength or a
    the reason of a reissue (`point`), a recommendation (`advice`), a list of names (`names`), a title of a scale or a
    section (`title`) and all that law bars (`barred`) may take.
    """

    size: str
    point: int
    advice: int
    names: int
    title: int
    barred: int


FITS = (
    Fit("ample", point=220, advice=600, names=130, title=200, barred=500),
    Fit("close", point=200, advice=500, names=110, title=120, barred=400),
    Fit("snug", point=180, advice=400, names=90, title=90, barred=350),
    Fit("snug", point=140, advice=220, names=80, title=80, barred=260),
    Fit("tight", point=95, advice=120, names=60, title=45, barred=120),
    Fit("least", point=50, advice=50, names=40, title=25, barred=60),
)
AMPLE = FITS[0]


def choose(pages: Callable[[Fit], int]) -> Fit:
    """Return the first fit with which page one is one page; `pages` lays it out and counts. The least is the last."""
    return next((fit for fit in FITS[:-1] if pages(fit) == 1), FITS[-1])
