"""Figures of services and years worked out by plain SQL and the standard library: nothing of the code under test."""

import datetime
import json
import statistics
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.db import connection

NEWEST = """
    SELECT v.id, v.review_id, ROW_NUMBER() OVER (PARTITION BY v.review_id ORDER BY v.number DESC) AS place
    FROM reviews_reportversion v
"""
"""The versions of each review, the one that counts at place 1."""

LATEST = f"""
    SELECT r.id, r.service_id, r.kind, r.first_day, r.last_day, n.id AS version_id, ROW_NUMBER() OVER (
        PARTITION BY r.service_id
        ORDER BY CASE r.kind WHEN 'external' THEN 0 ELSE 1 END, r.first_day DESC, r.created_at DESC
    ) AS place
    FROM reviews_review r
    JOIN ({NEWEST}) n ON n.review_id = r.id AND n.place = 1
    JOIN reviews_service s ON s.id = r.service_id
    JOIN reviews_county c ON c.id = s.county_id
    WHERE r.basis = 'practice' AND %s
"""
"""The reviews of practice of each service, the one that speaks for it at place 1; what is asked for goes in."""


_YEAR = "CAST(SUBSTR(CAST(r.first_day AS TEXT), 1, 4) AS INTEGER)"


def rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return what a query finds."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def scores_by_item(asked: str = "1 = 1", *values: Any) -> dict[str, list[int]]:
    """Return the scores of each item in the services' latest reviews, by the item's code, sorted."""
    query = f"""
        SELECT i.code, f.score FROM ({LATEST % asked}) l
        JOIN reviews_finalscore f ON f.version_id = l.version_id JOIN scales_item i ON i.id = f.item_id
        WHERE l.place = 1 AND f.score IS NOT NULL ORDER BY i.code, f.score
    """
    found: dict[str, list[int]] = defaultdict(list)
    for code, score in rows(query, *values):
        found[code].append(score)
    return found


def half_up(value: Fraction, places: str = "0.01") -> Decimal:
    """Return a value rounded half up."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(places), ROUND_HALF_UP)


def mean(values: list[int]) -> Decimal:
    """Return the mean with two decimals, half up."""
    return half_up(Fraction(sum(values), len(values)))


def quartiles(values: list[int]) -> tuple[float, float, float]:
    """Return lower quartile, median and upper quartile, linear and inclusive."""
    if len(values) == 1:
        return (values[0], values[0], values[0])
    first, second, third = statistics.quantiles(values, n=4, method="inclusive")
    return (first, second, third)


def complete_totals_by_year(scale: str) -> dict[int, dict[str, int]]:
    """Return the sums of the services' last external reviews of practice of each year in which every item of a scale is
    scored, by the year and the service's name.
    """
    query = f"""
        SELECT y.year, s.name, SUM(f.score) FROM (
            SELECT r.service_id, n.id AS version_id, {_YEAR} AS year, ROW_NUMBER() OVER (
                PARTITION BY r.service_id, {_YEAR} ORDER BY r.first_day DESC, r.created_at DESC
            ) AS place
            FROM reviews_review r JOIN ({NEWEST}) n ON n.review_id = r.id AND n.place = 1
            WHERE r.basis = 'practice' AND r.kind = 'external'
        ) y
        JOIN reviews_service s ON s.id = y.service_id
        JOIN reviews_finalscore f ON f.version_id = y.version_id JOIN scales_item i ON i.id = f.item_id
        JOIN scales_section e ON e.id = i.section_id JOIN scales_scale c ON c.id = e.scale_id
        WHERE y.place = 1 AND c.code = %s
        GROUP BY y.year, s.name HAVING COUNT(*) = COUNT(f.score)
    """
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for year, name, total in rows(query, scale):
        found[int(year)][name] = int(total)
    return found


def working_by_year() -> dict[int, list[tuple[int, int, int | None]]]:
    """Return, by the year, what the services' last external reviews of practice of that year tell: participants, how
    many of them work or learn, and the agreed goal; those that lack one of the first numbers are left out.
    """
    query = f"""
        SELECT y.year, c.participants, c.in_work + c.in_education, c.goal FROM (
            SELECT r.id, {_YEAR} AS year, ROW_NUMBER() OVER (
                PARTITION BY r.service_id, {_YEAR} ORDER BY r.first_day DESC, r.created_at DESC
            ) AS place
            FROM reviews_review r WHERE r.basis = 'practice' AND r.kind = 'external'
        ) y
        JOIN reviews_context c ON c.review_id = y.id
        WHERE y.place = 1 AND c.participants > 0 AND c.in_work IS NOT NULL AND c.in_education IS NOT NULL
    """
    found: dict[int, list[tuple[int, int, int | None]]] = defaultdict(list)
    for year, *told in rows(query):
        found[int(year)].append((told[0], told[1], told[2]))
    return found


def low_scores() -> list[tuple[str, int, list[str]]]:
    """Return the scores of 1 to 3 in the services' latest reviews: the item's code, the score, and what holds it
    down.
    """
    query = f"""
        SELECT i.code, f.score, f.obstacles FROM ({LATEST % "1 = 1"}) l
        JOIN reviews_finalscore f ON f.version_id = l.version_id JOIN scales_item i ON i.id = f.item_id
        WHERE l.place = 1 AND f.score <= 3
    """
    return [(code, score, json.loads(obstacles)) for code, score, obstacles in rows(query)]


def scores_of(service: str) -> dict[tuple[str, str], int | None]:
    """Return the scores of a service's reviews by the first visit day (2012-12-03) and the item's code, from the
    versions that count.
    """
    query = f"""
        SELECT r.first_day, i.code, f.score FROM reviews_review r
        JOIN ({NEWEST}) n ON n.review_id = r.id AND n.place = 1 JOIN reviews_service s ON s.id = r.service_id
        JOIN reviews_finalscore f ON f.version_id = n.id JOIN scales_item i ON i.id = f.item_id
        WHERE s.name = %s
    """
    return {(str(day), code): score for day, code, score in rows(query, service)}


def last_visits() -> dict[str, datetime.date]:
    """Return the last visit day of each service's last external review of practice, by the service's name."""
    query = f"""
        SELECT s.name, l.last_day FROM ({LATEST % "r.kind = 'external'"}) l
        JOIN reviews_service s ON s.id = l.service_id WHERE l.place = 1
    """
    return {name: _day(day) for name, day in rows(query)}


def last_complete_totals() -> dict[str, tuple[int, datetime.date, datetime.date]]:
    """Return the points, the first and the last visit day of each service's last external review of practice, by the
    service's name, where all of its IPS items are scored.
    """
    query = f"""
        SELECT s.name, SUM(f.score), l.first_day, l.last_day FROM ({LATEST % "r.kind = 'external'"}) l
        JOIN reviews_service s ON s.id = l.service_id
        JOIN reviews_finalscore f ON f.version_id = l.version_id JOIN scales_item i ON i.id = f.item_id
        WHERE l.place = 1 AND i.code NOT LIKE 'G%%'
        GROUP BY s.name, l.first_day, l.last_day HAVING COUNT(*) = COUNT(f.score)
    """
    return {name: (int(total), _day(first), _day(last)) for name, total, first, last in rows(query)}


def first_days_of_what_is_shared() -> dict[str, list[datetime.date]]:
    """Return the first visit days of external and shared reviews of practice, by the service's name."""
    query = """
        SELECT s.name, r.first_day FROM reviews_review r JOIN reviews_service s ON s.id = r.service_id
        WHERE r.basis = 'practice' AND (r.kind = 'external' OR r.shared_at IS NOT NULL)
    """
    found: dict[str, list[datetime.date]] = defaultdict(list)
    for name, day in rows(query):
        found[name].append(_day(day))
    return found


def _day(value: datetime.date | str) -> datetime.date:
    """Return a day: SQLite keeps it as text."""
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(value)
