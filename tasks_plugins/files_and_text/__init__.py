"""The task pack "files_and_text": files, folders, and the texts in them."""
