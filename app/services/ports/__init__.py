"""What the services need from the world: one file a port, a Protocol with its frozen values.

Adapters implement them, tests fake them. Nothing is imported here: who needs a port names its file.
"""
