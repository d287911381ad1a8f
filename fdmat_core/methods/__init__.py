"""Selection methods: one file and one decorated pure function of a feature table each."""
