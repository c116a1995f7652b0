"""Prints a document of ours: python -m tests.bench.ours REPORT.html OUT.pdf [again]

With `again` it prints once more for each line that it is given, and answers with a line.
"""

import gc
import sys
from pathlib import Path

from reviews.report.press import Press


def main(source: str, out: str, *again: str) -> None:
    """Print it."""
    document = Path(source).read_text(encoding="utf-8")
    if not again:
        _draw(document, out)
        return
    # As the process that prints beside the server does.
    gc.collect()
    gc.freeze()
    for _line in sys.stdin:
        _draw(document, out)
        print("drawn", flush=True)


def _draw(document: str, out: str) -> None:
    Path(out).write_bytes(Press().write(document))


if __name__ == "__main__":
    main(*sys.argv[1:])
