"""The oldest PostgreSQL that Thuiswerk promises to run on."""

from django.db import connection


def test_the_server_is_the_one_of_the_system(db: None):
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        (folder,) = cursor.fetchone()

    assert "thuiswerk-services-" in folder
    assert connection.pg_version >= 150000
