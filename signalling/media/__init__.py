"""Media through this service: RTP passed on unopened, never decoded, never kept. Only its modules import aiortc."""
