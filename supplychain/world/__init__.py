"""Room 2: the immutable world at a date."""
