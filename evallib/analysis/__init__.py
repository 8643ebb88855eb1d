"""What follows from finished evaluations: years and departments side by side, budget variance, what if, how sure the grade is. Pure."""
