"""The four services. None imports another; they meet in contracts and on the bus."""
