"""Work that leads through pages, forms, files and several programs. See ``pack.yaml``."""
