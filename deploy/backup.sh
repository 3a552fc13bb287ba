#!/usr/bin/env bash
# One backup a day: the roles, one full dump of the database, the files. Kept KEEP_DAYS days, then removed.
#
# One dump for everybody: pg_dump --schema costs by the number of tables in the whole database, and one commune is taken
# out of a full dump when it is needed (docs/deploy.md). It runs as root; PostgreSQL's programs run as the superuser, who
# alone may read the roles' passwords.
set -euo pipefail
umask 077

backups=${BACKUP_DIR:-/var/backups/civique}
files=${FILES_DIR:-/var/lib/civique/files}
keep_days=${KEEP_DAYS:-30}
database=${DATABASE:-civique}
# Before each of PostgreSQL's programs. With compose.yaml:
#   AS_SUPERUSER="docker compose --env-file civique.env exec -T postgres"
read -r -a as_superuser <<<"${AS_SUPERUSER-runuser -u postgres --}"

mkdir -p "$backups"
exec 9>"$backups/.lock"
flock --nonblock 9 || { echo "A backup is running." >&2; exit 1; }

day=$(date -u +%Y-%m-%dT%H%M%SZ)
draft=$backups/.draft
rm -rf "$draft"
mkdir "$draft"

"${as_superuser[@]}" pg_dumpall --username=postgres --globals-only >"$draft/roles.sql"
"${as_superuser[@]}" pg_dump --username=postgres --format=custom "$database" >"$draft/database.dump"
"${as_superuser[@]}" pg_restore --list <"$draft/database.dump" >"$draft/database.list"

# After the database: a row never points to a file that the backup lacks. A file never changes under its name, so that
# what was there the day before is linked, not copied.
last=$(find "$backups" -mindepth 1 -maxdepth 1 -type d -name '20*' | sort | tail -n 1)
mkdir "$draft/files"
if [ -d "$files" ]; then
	rsync --archive --exclude=.drafts --exclude=.results --exclude='.deleted-*' ${last:+--link-dest="$last/files"} "$files/" "$draft/files/"
fi

(cd "$draft" && sha256sum roles.sql database.dump >SHA256SUMS)
sync
mv "$draft" "$backups/$day"

oldest=$(date -u -d "-$keep_days days" +%Y-%m-%dT%H%M%SZ)
for folder in "$backups"/20*; do
	if [[ ${folder##*/} < $oldest ]]; then rm -rf "$folder"; fi
done
echo "$backups/$day"
