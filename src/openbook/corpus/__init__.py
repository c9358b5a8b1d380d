"""Files become documents, documents become passages with exact offsets.

walk.py      which files a folder holds, and which are refused
sniff.py     what a file is by its first bytes
decode.py    bytes to clean text
read.py      a file to parsed documents; one format per file in formats/
blocks.py    headings, paragraphs, items, tables: the structure of a document's text
tables.py    cells to rows that can be quoted alone
split.py     a parsed document to passages
"""
