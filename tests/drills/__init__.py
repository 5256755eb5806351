"""What is done to a running clinic to see that nothing acknowledged is lost: `make drills`."""
