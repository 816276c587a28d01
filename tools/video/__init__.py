"""Films as files: writing, coding and reading them."""
