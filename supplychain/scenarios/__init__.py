"""Room 4: from statuses to levers, shocks, ladders, sensitivity."""
