"""Guards: what likeness alone may not raise, and what rules may not; one idea a module, each read by combine.py."""
