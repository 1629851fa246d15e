"""Verbs over questions, quizzes, and handed-in work."""
