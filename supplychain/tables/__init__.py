"""Room 1: read facts and models, check them, say where each came from."""
