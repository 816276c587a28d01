"""What a speaker or a listener does with head, eyes and expression."""
