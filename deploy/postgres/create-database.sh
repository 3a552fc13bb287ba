#!/bin/sh
# Run once by the image of PostgreSQL, when its data folder is empty: the owner's role and the database.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --set=password="$CIVIQUE_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE civique LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE civique OWNER civique ENCODING 'UTF8' TEMPLATE template0;
SQL
