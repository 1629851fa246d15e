"""How text is cut into what can be looked up, and how a hit is shown. Pure functions."""
