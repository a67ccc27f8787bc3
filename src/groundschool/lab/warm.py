"""Imported by the fork servers of topics with a lab: reading the services' descriptions once there spares every
submission some seconds."""

from groundschool.lab.client import warm

warm()
