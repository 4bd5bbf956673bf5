"""The floor: the least that a Django page can do on this server. What it costs is what no page can be cheaper than."""
