"""Airflow itself, without a daemon: reads a file of Dags, runs one of its Dags once, ticks the scheduler.

Reading and running execute the file, so they belong on the candidate's side (`reading`, `running`). The scheduler sees
the Dags as it does at work, in serialised form, and so can be asked where none of the candidate's code runs
(`scheduling`, which makes this package an engine). A warm process forks one child a request: `zygote`.
"""

from groundschool.engines.airflow.scheduling import open

__all__ = ["open"]
