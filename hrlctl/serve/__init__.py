"""An agent behind HTTP: screenshots in, actions out."""
