"""Lets ``python -m cgsim`` do what ``cgsim`` does."""

from cgsim.cli.app import main

if __name__ == "__main__":
    main()
