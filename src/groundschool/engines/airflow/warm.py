"""Imported by a fork server whose forks tick the scheduler: holds Airflow and the template database."""

from groundschool.engines.airflow import home

home.warm(to_run=False)
