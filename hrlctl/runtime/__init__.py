"""Running exported models: ONNX Runtime and numpy, no torch."""
