"""Reading a study folder and turning it into scenarios."""

from parkwerk.study.reader import Study, read_study

__all__ = ["Study", "read_study"]
