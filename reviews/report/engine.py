"""What we use of WeasyPrint, brought in without asking the linker where its libraries are.

It tries each under names of several systems, and for those of others Python runs ldconfig, the compiler and the linker.
Their own names on Linux are among those it tries, and those the system's loader finds.
"""

import ctypes.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _by_their_own_names() -> Iterator[None]:
    find = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = find


with _by_their_own_names():
    from weasyprint import CSS, HTML, Attachment
    from weasyprint.document import Document
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

__all__ = [
    "CSS",
    "HTML",
    "Attachment",
    "Document",
    "FatalURLFetchingError",
    "FontConfiguration",
    "URLFetcher",
    "URLFetcherResponse",
]
