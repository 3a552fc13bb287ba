"""What was typed, checked."""
