"""Room 3: measures, pure functions from series to series."""
