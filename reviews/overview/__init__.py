"""The view across services: which reviews it is made from, what they say together, and to whom that may be shown."""
