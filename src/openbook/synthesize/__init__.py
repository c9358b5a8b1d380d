"""Training and test data from a knowledge base: questions, RAFT rows, retriever pairs."""
