"""The law of accounts: which tables of people are readable, which credit codes exist."""
