import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salestracker.settings")
os.environ.setdefault("SALESTRACKER_PROCESS", "web")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
