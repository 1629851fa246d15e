"""Forms of courses: their shape and wording, a module for each subject."""
