"""What a plane needs of the engine, a file for each: the controller has them ask."""
