"""Studies of quality: what was measured on units against what it should be."""

from . import attribute_agreement, capability, control_chart, gauge_bias, gauge_linearity, gauge_rr, gauge_stability

__all__ = [
    "attribute_agreement",
    "capability",
    "control_chart",
    "gauge_bias",
    "gauge_linearity",
    "gauge_rr",
    "gauge_stability",
]
