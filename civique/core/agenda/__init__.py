"""One table of events for the whole commune: sessions, meetings, deadlines appear without copy (AGE-01)."""
