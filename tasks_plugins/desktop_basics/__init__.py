"""The first pack: everything that a person learns first on a desktop. See ``pack.yaml``."""
