"""Room 3: the mathematical programs, stated once in Pyomo."""
