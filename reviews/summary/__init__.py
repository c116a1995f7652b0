"""Figures of all services, counted ahead: what one service adds to them, how the sums are kept, and how they are read.

A row that counts stale is read from the source, by the same functions, so that no figure is ever older than what it is
made from.
"""
