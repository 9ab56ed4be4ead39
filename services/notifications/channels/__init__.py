"""Ways to reach people, and the words for it."""
