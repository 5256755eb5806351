"""Operations: the worker and its timetable, the doctor's checks."""
