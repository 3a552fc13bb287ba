"""The committee port: who gives an opinion, on what, without those concerned. Bodies plug in by filling these tables."""
