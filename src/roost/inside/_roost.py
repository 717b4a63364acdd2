"""roost inside an environment. Built-in modules only, Python 3.8 and up; importing it must cost nothing."""

PROTOCOL = 1  # spoken with the roost outside; newer roosts answer every older number
