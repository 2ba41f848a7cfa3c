"""`python -m xinzhi`: the command line."""

from xinzhi.cli.main import main

if __name__ == "__main__":
    main()
