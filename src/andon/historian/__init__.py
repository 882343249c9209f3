"""SAMPLES -> SERIES: durable before acknowledged; nobody outside sees where a day lies."""
