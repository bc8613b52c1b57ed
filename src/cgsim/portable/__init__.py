"""The engine as WebAssembly: the same rules, compiled beforehand, for Python and for browsers."""
