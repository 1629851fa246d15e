"""Verbs of competitions: call, enter, hand in, judge, publish. Nothing here commits."""
