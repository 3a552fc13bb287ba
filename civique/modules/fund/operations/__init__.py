"""Writing the fund, one file a stage: each function is a clerk's verb and says which rule it keeps."""
