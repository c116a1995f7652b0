"""System checks of the work."""
