"""The settings of an installation in use, with the pages that everything is measured against, and a directory of its
own for the collected static files.
"""

import os
from pathlib import Path

from ipsreview.settings import *  # noqa: F403  # all of them

ROOT_URLCONF = "tests.bench.urls"
STATIC_ROOT = Path(os.environ["BENCH_STATIC"])
