"""What a payment is: standard library only, no I/O, no clock, no sentences for people."""
