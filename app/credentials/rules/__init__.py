"""Law of credentials: what an Open Badge says, how it is signed, and when it is believed. Pure functions on values."""
