"""Loading networks from files, without unpickling."""
