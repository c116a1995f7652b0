"""How the properties of the arithmetic are tried."""

from hypothesis import settings

# A busy machine is no fault of the arithmetic.
settings.register_profile("scales", deadline=None)
settings.load_profile("scales")
