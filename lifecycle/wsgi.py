import logging
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lifecycle.settings")
application = get_wsgi_application()


def _say_what_is_left_of_a_demo() -> None:
    """One line in the log at the start; a database that cannot be asked yet is no reason not to start."""
    from django.db import DatabaseError, connection

    from accounts.demo import leftover_line

    try:
        if line := leftover_line():
            logging.getLogger("lifecycle").warning("%s: manage.py disable_demo_accounts", line)
    except DatabaseError:
        pass
    finally:
        connection.close()


_say_what_is_left_of_a_demo()
