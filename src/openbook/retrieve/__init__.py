"""From a question to a ranking: rewrite, lexical, dense, fuse, rerank, diversify."""
