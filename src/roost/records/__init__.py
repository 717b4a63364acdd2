"""What is remembered of runs and answers, so that they are had again without the work that led to them."""
