"""Prints a report: python -m tests.bench.ours CONTENT.json OUT.pdf [again]

With `again` it prints once more for each line that it is given, and answers with a line.
"""

import json
import sys
from pathlib import Path

import django


def main(content: str, out: str, *again: str) -> None:
    """Print it."""
    django.setup()
    from reviews.report import pdf

    given = json.loads(Path(content).read_text())

    def draw() -> None:
        Path(out).write_bytes(pdf.render(given, draft=False))

    if not again:
        draw()
    for _line in sys.stdin if again else ():
        draw()
        print("drawn", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
