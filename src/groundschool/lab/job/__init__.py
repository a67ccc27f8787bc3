"""What a script of a job runs with: the part of `awsglue` that is plain Python, from its public documentation."""
