"""Studies of quality: what was measured on units against what it should be."""

from . import (
    anova,
    attribute_agreement,
    capability,
    comparison,
    control_chart,
    first_mover,
    gauge_bias,
    gauge_linearity,
    gauge_rr,
    gauge_stability,
    multivariate_chart,
    regression,
    what_moved,
)

__all__ = [
    "anova",
    "attribute_agreement",
    "capability",
    "comparison",
    "control_chart",
    "first_mover",
    "gauge_bias",
    "gauge_linearity",
    "gauge_rr",
    "gauge_stability",
    "multivariate_chart",
    "regression",
    "what_moved",
]
