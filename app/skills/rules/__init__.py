"""The law of the skill ledger: what evidence says about a level, and how hard an item is."""
