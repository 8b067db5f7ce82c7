"""The main window around the pages: rail, header, health, keys, toasts. No business logic."""
