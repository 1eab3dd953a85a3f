"""One page for the people of the companies: what to build, what it brings whom, how sure it is."""
