"""The arithmetic of a scale as pure functions on plain values: no database, no language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BandRange:
    """A range of totals with a name; both ends belong to it."""

    code: str
    label: str
    lowest: int
    highest: int
    recommended_months: int


@dataclass(frozen=True)
class Measure:
    """How a score can be suggested from what was counted."""
