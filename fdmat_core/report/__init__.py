"""What leaves the program whole: a report in one file that needs neither Python nor a network, and a bundle of all."""
