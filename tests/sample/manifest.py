from civique.core.manifest import Manifest

MANIFEST = Manifest(name="sample", label="Sample")
