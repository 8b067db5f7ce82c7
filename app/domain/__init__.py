"""The payment domain: standard library only, no I/O, no clock, no sentences for people."""
