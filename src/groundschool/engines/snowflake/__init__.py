"""Snowflake's SQL over fakesnow and DuckDB, and what Snowflake has around it: stages, COPY, pipes.

fakesnow translates queries. What it answers wrongly is corrected here, or refused; what it lacks and a question needs
is here whole. Where files lie, and who may read them, is the lab's.
"""
