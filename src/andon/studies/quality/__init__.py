"""Studies of quality: what was measured on units against what it should be."""

from . import capability, control_chart, gauge_bias, gauge_linearity, gauge_rr

__all__ = ["capability", "control_chart", "gauge_bias", "gauge_linearity", "gauge_rr"]
