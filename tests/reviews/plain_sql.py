"""Figures of services and years worked out by plain SQL and the standard library: nothing of the code under test."""

import datetime
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


def rows(query: str, *values: object) -> list[tuple[Any, ...]]:
    """Return what a query finds."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def scores_by_item(asked: str = "1 = 1", *values: object) -> dict[str, list[int]]:
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


def totals_by_review(scale: str) -> dict[str, tuple[int, int, int]]:
    """Return the sum of the scores, how many are scored and how many there are, by the review's key, of a scale."""
    query = f"""
        SELECT v.review_id, SUM(f.score), COUNT(f.score), COUNT(*) FROM ({NEWEST}) v
        JOIN reviews_finalscore f ON f.version_id = v.id JOIN scales_item i ON i.id = f.item_id
        JOIN scales_section e ON e.id = i.section_id JOIN scales_scale s ON s.id = e.scale_id
        WHERE v.place = 1 AND s.code = %s GROUP BY v.review_id
    """
    return {_key(review): (int(total or 0), scored, items) for review, total, scored, items in rows(query, scale)}


def last_visits() -> dict[str, datetime.date]:
    """Return the last visit day of each service's last external review of practice, by the service's name."""
    query = f"""
        SELECT s.name, l.last_day FROM ({LATEST % "r.kind = 'external'"}) l
        JOIN reviews_service s ON s.id = l.service_id WHERE l.place = 1
    """
    return {
        name: day if isinstance(day, datetime.date) else datetime.date.fromisoformat(day) for name, day in rows(query)
    }


def _key(value: Any) -> str:
    """Return a key as it stands in addresses: SQLite keeps it without hyphens."""
    return str(value).replace("-", "")
