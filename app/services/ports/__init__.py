"""The ports of the services: one file each, a Protocol with its frozen values.

Adapters implement them, tests fake them. Nothing is re-exported here: users import the port's file.
"""
