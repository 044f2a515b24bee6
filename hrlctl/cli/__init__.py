"""The command line: options, rendering and exit codes. One file a command; no engine logic."""
