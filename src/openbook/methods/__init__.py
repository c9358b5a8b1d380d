"""Methods: one file, one way from a question to an answer. Found by looking here."""
