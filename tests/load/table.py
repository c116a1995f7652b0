"""What is told of a run, for people."""

from typing import Any

_HEAD = ("", "requests", "errors", "after retries", "p50 ms", "p95 ms", "p99 ms", "statuses")


def lines(found: dict[str, Any]) -> list[str]:
    """Return the table of a run, and what else there is to say of it."""
    rows = [_HEAD]
    for name, kind in found["kinds"].items():
        statuses = " ".join(f"{status}:{count}" for status, count in sorted(kind["by_status"].items()))
        times = [str(round(kind[key])) for key in ("p50", "p95", "p99")]
        rows.append(
            (name, str(kind["requests"]), str(kind["errors"]), str(kind["errors_that_stayed"]), *times, statuses)
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    told = ["  ".join(_cell(row[n], widths[n], n) for n in range(len(_HEAD))).rstrip() for row in rows]
    return [*told, "", *(f"{name.replace('_', ' ')}: {value}" for name, value in found["told"].items())]


def _cell(text: str, width: int, column: int) -> str:
    """Return a cell: words to the left, numbers to the right."""
    return text.ljust(width) if column in (0, len(_HEAD) - 1) else text.rjust(width)
