"""Room 5: the report on screen, the files of a run, the run record."""
