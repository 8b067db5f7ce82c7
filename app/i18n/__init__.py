"""Texts, money and times for people, in Ukrainian and English. No Qt: the command line and receipts use it too."""
