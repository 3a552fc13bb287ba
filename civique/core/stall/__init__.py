"""The stall: what people say at a market or on a doorstep, entered on a tablet without network or by hand on a sheet."""
