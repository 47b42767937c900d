"""Pictures: drawn to be sent, measured when they come back, and kept as their facts."""
