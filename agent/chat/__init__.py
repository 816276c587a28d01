"""Chat: a user asks for a video, sees its words, and steers them until they are right."""
