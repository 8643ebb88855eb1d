"""Long trials, by `make trial`: faults, kills, and two at work. Short samples of them stand in the suite."""
