"""The two scales as they are loaded."""

import pytest
from django.core.management import call_command
from hypothesis import settings

from scales.models import Scale

# A busy machine is no fault of the arithmetic.
settings.register_profile("scales", deadline=None)
settings.load_profile("scales")


@pytest.fixture
def loaded(db: None) -> None:
    """Both scales in the database."""
    call_command("loaddata", "ips_25", "goi_12", verbosity=0)


@pytest.fixture
def ips(loaded: None) -> Scale:
    """The scale of 25 items."""
    return Scale.objects.get(code="ips-25")


@pytest.fixture
def goi(loaded: None) -> Scale:
    """The index of 12 items."""
    return Scale.objects.get(code="goi-12")
