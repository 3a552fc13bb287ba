"""The only road to the database: registry, roles, engines, provisioning, migration."""
