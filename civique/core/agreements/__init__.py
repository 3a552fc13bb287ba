"""Agreements between the commune and somebody: what each side does, signed on paper or with a code."""
