"""What performance is claimed: pages beside two limits, on one server, in one run, and with 100 times the rows."""
