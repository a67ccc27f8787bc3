"""The module that scripts of Glue jobs import: what the course needs of it, written from AWS's public documentation.

Its parts import each other by place: a script knows them as `awsglue`, where this folder's parent is on its path.
"""
