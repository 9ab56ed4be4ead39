"""Goals: what a mentee wants to reach, what was done for it, and the feedback between the two parties."""
