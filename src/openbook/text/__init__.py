"""Language, sentences and terms: what a text is made of, before anything is searched."""
