"""The demo catalogue: a believable range of home-office products, with pictures drawn by this package."""

from catalog.demo.loader import load_demo_catalogue

__all__ = ["load_demo_catalogue"]
