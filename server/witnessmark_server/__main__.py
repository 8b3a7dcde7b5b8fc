"""`python -m witnessmark_server` is `witnessmark`."""

from witnessmark_server.cli import main

main()
