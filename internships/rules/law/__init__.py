"""The law of internships as pure rules: facts in, findings with article and reason out.

The rules themselves are data (`internships/law/*.toml`); here is how they are read, asked and put into words.
"""
