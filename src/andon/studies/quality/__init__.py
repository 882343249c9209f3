"""Studies of quality: what was measured on units against what it should be."""

FILES = {
    "anova": "anova",
    "attribute-agreement": "attribute_agreement",
    "capability": "capability",
    "comparison": "comparison",
    "control-chart": "control_chart",
    "design": "design",
    "first-mover": "first_mover",
    "gauge-bias": "gauge_bias",
    "gauge-linearity": "gauge_linearity",
    "gauge-rr": "gauge_rr",
    "gauge-stability": "gauge_stability",
    "histogram": "histogram",
    "multivariate-chart": "multivariate_chart",
    "pareto": "pareto",
    "regression": "regression",
    "sampling-plan": "sampling_plan",
    "tolerance-stack": "tolerance_stack",
    "what-moved": "what_moved",
}
"""The file of each study."""
