"""Exporting a trained agent: ONNX for running it without torch, safetensors for its weights."""
