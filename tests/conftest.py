"""Being here puts this folder on the path, so that all tests share `memory.py` and `naive.py`."""
