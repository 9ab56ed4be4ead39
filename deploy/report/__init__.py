"""The closing report of a mentorship: one page with everything inline, from what the endpoint told."""
