"""What the program can do, one file a use case: asyncio yes; Qt, HTTP, SQL no."""
