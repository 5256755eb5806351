"""Staff: who they are, how they sign in, which services they belong to and what they may do there."""
