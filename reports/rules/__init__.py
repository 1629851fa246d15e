"""The law of the figures: indicators of the skill gap, and what of them may be shown."""
