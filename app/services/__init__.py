"""The use cases of the program, one file each. asyncio is allowed here; Qt, HTTP and SQL are not."""
