"""Views of the apex, a file a part."""
