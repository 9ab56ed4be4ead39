"""What the goals service's aggregates are and how they may change. Pure: no clock, no ids, no storage."""
