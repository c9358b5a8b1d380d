"""Sections of the report, one file each: ``section(view)`` gives its markup, or None where the
comparison holds nothing for it.
"""
