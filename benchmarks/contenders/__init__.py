"""What ``benchmarks/peers.py`` compares: each module trains as one library does."""
