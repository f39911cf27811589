"""Static files under names that carry their content's hash."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

OUR_MODULES = (
    "js/*.js",
    (
        (r"""(?P<matched>from\s*["'](?P<url>\.[^"']+)["'];)""", 'from "%(url)s";'),
        (r"""(?P<matched>import\s*["'](?P<url>\.[^"']+)["'];)""", 'import "%(url)s";'),
    ),
)


class HashedModuleStorage(CompressedManifestStaticFilesStorage):
    """Imports between our own modules lead to the hashed names too.

    Django's switch for that would also follow imports inside third-party files, which name files that are not there.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, OUR_MODULES)
