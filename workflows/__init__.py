"""The months-long cycle of each mentorship: phases, deadlines and rhythm, kept by Temporal."""
