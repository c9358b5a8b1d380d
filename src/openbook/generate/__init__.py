"""From a ranking to an answer: written by a language model or extracted, with quotes that
are checked against their sources, abstention, and questions back.
"""
