"""The module that scripts of Glue jobs import."""
