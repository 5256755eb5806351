"""The people cared for and those who care for them: who they are, what they need, and what they agreed to."""
