"""Studies of quality: what was measured on units against what it should be."""

from . import (
    anova,
    attribute_agreement,
    capability,
    comparison,
    control_chart,
    design,
    first_mover,
    gauge_bias,
    gauge_linearity,
    gauge_rr,
    gauge_stability,
    regression,
    sampling_plan,
    what_moved,
)

__all__ = [
    "anova",
    "attribute_agreement",
    "capability",
    "comparison",
    "control_chart",
    "design",
    "first_mover",
    "gauge_bias",
    "gauge_linearity",
    "gauge_rr",
    "gauge_stability",
    "regression",
    "sampling_plan",
    "what_moved",
]
