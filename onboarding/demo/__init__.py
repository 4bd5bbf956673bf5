"""The demo: companies, people and three months of orders to look around in."""
