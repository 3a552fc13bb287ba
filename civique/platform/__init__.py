"""What lives at the apex: subscription and operations."""
