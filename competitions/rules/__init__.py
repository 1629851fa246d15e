"""The law of judging as pure functions on values: panel scores, judges' severity, ranks."""
