"""Room 5: figures as plain functions (tidy frame, ax=None) -> Axes."""
