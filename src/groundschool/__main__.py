"""`python -m groundschool` is the command `groundschool`."""

from groundschool.cli import main

main()
