"""What operators look at and put right in a running installation, behind `inzpireu`."""
