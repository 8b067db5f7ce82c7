"""The home folder: settings (TOML), secrets, paths and file locks. Adapter for files, without payment logic."""
