"""Question files: which format a file is in, and its items, each taken or refused with a reason."""
