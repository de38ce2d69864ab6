"""The command line: one function per command, each of which parses, calls one function and prints."""
