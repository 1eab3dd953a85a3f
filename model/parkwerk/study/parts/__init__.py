"""The parts of a scenario: each turns checked inputs into some of its variables."""
