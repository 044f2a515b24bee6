"""``python -m hrlctl``."""

from hrlctl.cli.app import main

if __name__ == "__main__":
    main()
