"""The law of internships as pure functions on values: eligibility, fit, matching and its certificate."""
