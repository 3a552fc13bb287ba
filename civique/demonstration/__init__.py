"""Demonstration communes. People, amounts and dates are invented; what is quoted from a document says where it is from."""
