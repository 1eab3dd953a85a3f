"""Tables, a picture, a text and a record of what a run found."""
