"""The knowledge base: passages, their lexical and vector indexes, and versions of all.

settings.py    how long versions are kept, how many processes, when vectors get an index
engine.py      LanceDB's engine, without its Python package
tables.py      the tables' columns, and rows from and to documents and passages
manifest.py    HEAD, generations and manifests: what a version is
lock.py        one writer at a time
filters.py     conditions on the evidence, as the engine's SQL
snapshot.py    one version, for reading
prepare.py     files -> rows: read, split, analyse
workers.py     the same in several processes
staging.py     prepared rows, kept until a version has them
plan.py        what a sync has to do
commit.py      rows -> a new version
retention.py   which versions are kept, and taking the others away
purge.py       a document out of every version
base.py        the knowledge base itself
"""
