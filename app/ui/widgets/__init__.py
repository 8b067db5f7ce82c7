"""App-blind parts of the window: strings in, gestures out. Nothing here translates, counts money or knows a service."""
