"""Verbs over postings, applications, match rounds and placements."""
