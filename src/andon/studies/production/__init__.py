"""Production: where the time went, OEE, counts, cycle times, stops and orders."""
