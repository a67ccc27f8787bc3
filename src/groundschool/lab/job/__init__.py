"""What a script of a job runs with: `awsglue`, as far as the course needs it."""
