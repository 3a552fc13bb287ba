"""Subscribing: from the commune that asks to the site that opens, its contracts and its prices."""
