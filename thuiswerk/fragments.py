"""The cache of page fragments: gone at any moment without anybody noticing but the clock."""

from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = structlog.get_logger(__name__)
IMPATIENT = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5, "retry": Retry(NoBackoff(), 0)}


class ForgivingClient(RedisCacheClient):
    """Redis that, when it is away, is an empty cache instead of an error."""

    def get(self, key: Any, default: Any) -> Any:
        return _or_else(default, super().get, key, default)

    def get_many(self, keys: Any) -> Any:
        return _or_else(dict[Any, Any](), super().get_many, keys)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        _or_else(None, super().set, key, value, timeout)

    def set_many(self, data: Any, timeout: Any) -> None:
        _or_else(None, super().set_many, data, timeout)

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        return _or_else(False, super().add, key, value, timeout)


def _or_else[Answer](away: Answer, ask: Callable[..., Answer], *words: Any) -> Answer:
    try:
        return ask(*words)
    except (RedisError, OSError):
        log.warning("fragment_cache_away")
        return away


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, through a client that gives up soon and quietly."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params | {"OPTIONS": IMPATIENT | params.get("OPTIONS", {})})
        self._class = ForgivingClient
