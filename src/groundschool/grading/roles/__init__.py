"""What runs inside a box: one module a role. Each is entered with a channel to the driver, and nothing else."""
