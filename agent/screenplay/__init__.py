"""What is said, and how: screenplays, the briefs they answer, their faults and changes."""
