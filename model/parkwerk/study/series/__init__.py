"""Time series of a study: calendar, weather, sun, loads, heat and prices."""
