"""Measurements of the product, and the synthetic data they need."""

import os

# As the product's own processes are started: numeric libraries' threads would multiply with the services' own.
os.environ.setdefault("OMP_NUM_THREADS", "1")
