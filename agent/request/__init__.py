"""What a user asks for: one declared model of every option, and what is built of it."""
