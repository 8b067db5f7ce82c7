"""The schema's history for Alembic. Nothing here imports the program: history does not change when models do."""
