"""Benchmarks: every figure beside another of the same run, because this machine's speed is not yours."""
