"""What takes minutes: `make soak`. The tests have a short form of each."""
