"""Law of courses: merging of texts, totals of marks, lateness, completion."""
