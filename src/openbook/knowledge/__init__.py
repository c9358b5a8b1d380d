"""The knowledge base: passages, their lexical and vector indexes, and versions of all.

settings.py    how long versions are kept, how many processes, when vectors get an index
native.py      LanceDB's engine, without its Python package
engine.py      tables and searches on it
tables.py      the tables' columns, and rows from and to documents and passages
manifest.py    HEAD, generations and manifests: what a version is
lock.py        one writer at a time
filters.py     conditions on the evidence, as the engine's SQL
snapshot.py    one version, for reading
plan.py        what a sync has to do
prepare.py     files -> rows: read, split, analyse
worker.py      the same in a process of its own; workers.py drives several
staging.py     prepared rows, kept until a version has them
vectors.py     their vectors, and old rows renewed for another encoder or analyser
delta.py       what came of the files -> what changes in the tables
commit.py      rows into the tables, the tables into a new version, and its upkeep
retention.py   which versions are kept
sync.py        one sync, from folders to a new version
purge.py       a document out of every version
progress.py    how long work tells where it is
base.py        the knowledge base itself
"""
