"""How a long-lived process holds its memory."""

import ctypes

M_TRIM_THRESHOLD, M_ARENA_MAX = -1, -8
"""Parameters of glibc's ``mallopt``."""


def return_memory_early() -> None:
    """Ask glibc for two arenas instead of eight a core, and to give back free blocks from 128 kB on: fifteen megabytes
    of 350 for web, worker and relay together. Other C libraries have no such setting; nothing is done there."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 2)
        mallopt(M_TRIM_THRESHOLD, 128 * 1024)
