"""What people hand in: found, unpacked, named, copied, repaired, staged. Nothing of it is run here."""
