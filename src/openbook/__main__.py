"""``python -m openbook`` is the ``openbook`` command."""

from openbook.cli import main

main()
