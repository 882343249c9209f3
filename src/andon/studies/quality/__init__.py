"""Studies of quality: what was measured on units against what it should be."""

from . import anova, capability, comparison, regression, what_moved

__all__ = ["anova", "capability", "comparison", "regression", "what_moved"]
