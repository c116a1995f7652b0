"""The static files of the pages as an installation serves them."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

STORAGES: dict[str, Any] = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "ipsreview.static_files.LeanStaticFilesStorage"},
}
"""The setting of an installation; the other tests take the files as they lie."""

_NOT_OF_THE_PAGES = ["admin", "v2", "ext", "htm*-4*", "inter-[!l]*", "*-italic*", "*-opsz-*", "*-standard-*"]


@cache
def collected() -> Path:
    """Collect them once in a process, but for those that no page of ours asks for, and return the directory."""
    root = Path(tempfile.mkdtemp(prefix="ips-static-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    with override_settings(STATIC_ROOT=str(root), STORAGES=STORAGES):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=_NOT_OF_THE_PAGES)
    return root
