"""Property tests: forms drawn from the contract, judged by their bytes, shrunk where they fail."""
