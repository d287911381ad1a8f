"""What is kept on disk: entries, small files, the database, and what made a thing."""
