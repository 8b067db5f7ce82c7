"""The home folder: settings (TOML), secrets, paths and file locks. Adapter: knows files, nothing of payments."""
