"""The settings of an installation in use, but that static files need not be collected: a browser keeps them, and they
are not what is measured.
"""

from ipsreview.settings import *  # noqa: F403  # all of them
from ipsreview.settings import STORAGES as _STORAGES

STORAGES = {
    **_STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# The directory where they would be is not there.
MIDDLEWARE = [each for each in MIDDLEWARE if not each.startswith("whitenoise.")]  # noqa: F405
