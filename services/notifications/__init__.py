"""Notifications: what people are told, in the app and by mail, exactly once and without pressure."""
