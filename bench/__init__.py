"""How fast Thuiswerk is, beside a plain Django view on the same machine: see docs/performance.md."""
