"""Prepares the environment of a test run before Django's settings are read."""

import os

from thuiswerk.embedded import ensure_database

os.environ.update(
    {
        "DEBUG": "0",
        "DEMO": "0",
        "SECRET_KEY": "a-key-for-the-tests-that-guards-nothing-at-all",
        "BASE_DOMAIN": "localhost",
        "REDIS_URL": os.environ.get("TEST_REDIS_URL", ""),
        "PAYMENT_PROVIDER": "demo",
        "LOG_LEVEL": "WARNING",
        # Twenty threads race in some tests, each with a connection.
        "DATABASE_POOL_SIZE": "24",
        "OPERATOR_IBAN": "NL91ABNA0417164300",
        "OPERATOR_KVK": "12345678",
    }
)
ensure_database()
