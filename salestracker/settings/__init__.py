from salestracker.settings.base import *  # noqa: F403
