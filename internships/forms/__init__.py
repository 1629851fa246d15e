"""Forms of internships: their shape and wording, a module for each subject."""
