"""Static files under names that carry their content's hash, imports between our script modules included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModuleStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
