"""`python -m app` is `paydesk`."""

from app.cli import main

if __name__ == "__main__":
    main()
