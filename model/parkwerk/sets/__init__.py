"""Many scenarios at once: which are to be solved, in which order, by whom; all results as one."""
