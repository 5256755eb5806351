"""Soaks: the forwarder for half an hour, watched for what grows."""
