"""Sessions: the rhythm of a mentorship, coming prepared, being there, and the time that both give."""
