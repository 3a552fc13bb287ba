"""Cases: what somebody brings to the commune and follows from its receipt to its end."""
