"""What things seem to be, judged by their names, units and values: roles, machines, state maps, counters."""
