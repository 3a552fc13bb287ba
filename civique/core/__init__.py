"""What every module shares, without HTTP."""
