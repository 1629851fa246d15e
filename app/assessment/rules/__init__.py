"""The law of questions: what they hold, how typed answers are read, how they are marked."""
