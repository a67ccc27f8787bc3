"""Imported by a fork server whose forks run Dags: holds Airflow, the template database, and a first run behind it."""

from groundschool.engines.airflow import home

home.warm(to_run=True)
