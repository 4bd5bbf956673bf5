"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thuiswerk.settings")

application = get_wsgi_application()

# What is loaded by now stays for good: the garbage collector need not look through it during requests.
gc.collect()
gc.freeze()
