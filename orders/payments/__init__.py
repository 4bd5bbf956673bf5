"""Payments of the own part of an order: the port to payment providers, and the providers themselves."""
