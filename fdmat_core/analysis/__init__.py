"""What stored results say: tables in, tables out, and the sentences that say them. No Streamlit and no store."""
