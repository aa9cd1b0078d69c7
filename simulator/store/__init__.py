"""Sessions on disk. The only rooms that import SQLAlchemy."""
