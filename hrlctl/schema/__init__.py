"""The pydantic models: what users may write."""
