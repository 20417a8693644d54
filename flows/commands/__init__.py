"""One module per command of `cotmoc`; heavy imports happen inside the functions."""
