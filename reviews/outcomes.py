"""Results beside the score: the share of a service's participants who work or learn."""

from scales.scoring import percent


def share(participants: int | None, in_work: int | None, in_education: int | None) -> int | None:
    """Return the percentage of participants in ordinary work or education, half up; None where it cannot be told.

    Whoever is in both is counted in work alone, so that the two can be added. One that nobody gave makes the share
    unknown: it is not 0.
    """
    if not participants or in_work is None or in_education is None:
        return None
    return percent(in_work + in_education, participants)
