"""The signalling service: brokers video between the clinic and a home or a community hospital. See PROTOCOL.md."""
