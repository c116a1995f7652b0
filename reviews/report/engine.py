"""What we use of WeasyPrint, brought in without what no document of ours needs, which takes as long as all the rest.

- It tries each library under names of several systems, and for those of others Python runs ldconfig, the compiler and
  the linker. Their own names on Linux are among those it tries, and those the system's loader finds.
- It reads its style sheets for any page of the web; ours begin with our own (press.py).
- It brings in what cuts fonts down where there is no HarfBuzz for that, and what sets those that vary.

Should another release bring things in otherwise, it takes longer, and that is all.
"""

import ctypes.util
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import tinycss2  # type: ignore[import-untyped]  # has no types


@contextmanager
def _by_their_own_names() -> Iterator[None]:
    find = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None
    try:
        yield
    finally:
        ctypes.util.find_library = find


@contextmanager
def _without_style_sheets() -> Iterator[None]:
    parse = tinycss2.parse_stylesheet
    tinycss2.parse_stylesheet = lambda *given, **named: []
    try:
        yield
    finally:
        tinycss2.parse_stylesheet = parse


class _Later(ModuleType):
    """Stands for a module whose functions and classes are called at most, until the first of them is."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def called(*given: Any, **named: Any) -> Any:
            return getattr(importlib.import_module(self.__name__), name)(*given, **named)

        return called


@contextmanager
def _later(*names: str) -> Iterator[None]:
    """Bring modules in when they are used; who else asks for them gets them themselves."""
    stand_ins = {name: _Later(name) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


with _by_their_own_names(), _without_style_sheets(), _later("fontTools.subset", "fontTools.varLib.instancer"):
    from weasyprint import CSS, HTML, Attachment
    from weasyprint.css.counters import CounterStyle
    from weasyprint.document import Document
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

__all__ = [
    "CSS",
    "HTML",
    "Attachment",
    "CounterStyle",
    "Document",
    "FatalURLFetchingError",
    "FontConfiguration",
    "URLFetcher",
    "URLFetcherResponse",
]
