"""The clock that is read on every page, in letters and in the log."""

TIME_ZONE = "Europe/Oslo"
