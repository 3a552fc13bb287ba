"""Whether every commune's schema and role are what they should be, column by column, index by index, right by right."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from psycopg import sql
from sqlalchemy import Connection, text

from tenants.engines import Engines
from tenants.plan import SchemaPlan
from tenants.provision import Provisioner

OF_ROLE = """
SELECT 'role ' || concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
                            rolconnlimit, rolvaliduntil) FROM pg_catalog.pg_roles WHERE rolname = (:schema)::text
UNION ALL
SELECT 'role is a member of ' || pg_catalog.pg_get_userbyid(m.roleid)
  FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid = m.member WHERE r.rolname = (:schema)::text
UNION ALL
SELECT 'role setting ' || CASE WHEN s.setdatabase = 0 THEN '' ELSE 'of one database ' END || unnest(s.setconfig)
  FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_roles r ON r.oid = s.setrole WHERE r.rolname = (:schema)::text
"""
ROLE_FACTS = text(OF_ROLE)
FACTS = text(
    """
SELECT 'column ' || c.relname || '.' || a.attname || ' ' || pg_catalog.format_type(a.atttypid, a.atttypmod)
       || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
       || coalesce(' default ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid), '')
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relnamespace = (:schema)::text::regnamespace AND c.relkind = 'r' AND NOT a.attisdropped
UNION ALL
SELECT 'constraint ' || c.relname || ' ' || k.conname || ' ' || pg_catalog.pg_get_constraintdef(k.oid)
  FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
 WHERE k.connamespace = (:schema)::text::regnamespace
UNION ALL
SELECT 'index ' || pg_catalog.pg_get_indexdef(i.indexrelid)
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
 WHERE c.relnamespace = (:schema)::text::regnamespace
UNION ALL
SELECT 'grant ' || c.relname || ' ' || pg_catalog.pg_get_userbyid(g.grantee) || ' ' || g.privilege_type
  FROM pg_catalog.pg_class c, pg_catalog.aclexplode(c.relacl) g
 WHERE c.relnamespace = (:schema)::text::regnamespace AND c.relkind = 'r' AND g.grantee <> c.relowner
UNION ALL
SELECT 'grant ' || c.relname || '.' || a.attname || ' ' || pg_catalog.pg_get_userbyid(g.grantee) || ' ' || g.privilege_type
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid,
       pg_catalog.aclexplode(a.attacl) g
 WHERE c.relnamespace = (:schema)::text::regnamespace
UNION ALL
SELECT 'grant on schema ' || pg_catalog.pg_get_userbyid(g.grantee) || ' ' || g.privilege_type
  FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) g
 WHERE n.oid = (:schema)::text::regnamespace AND g.grantee <> n.nspowner
UNION ALL
SELECT 'grant by default ' || d.defaclobjtype::text || ' ' || pg_catalog.pg_get_userbyid(g.grantee) || ' ' || g.privilege_type
  FROM pg_catalog.pg_default_acl d, pg_catalog.aclexplode(d.defaclacl) g
 WHERE d.defaclnamespace = (:schema)::text::regnamespace
UNION ALL
SELECT 'relation of kind ' || c.relkind::text || ' ' || c.relname FROM pg_catalog.pg_class c
 WHERE c.relnamespace = (:schema)::text::regnamespace AND c.relkind NOT IN ('r', 'i')
UNION ALL
SELECT 'function ' || p.proname FROM pg_catalog.pg_proc p WHERE p.pronamespace = (:schema)::text::regnamespace
UNION ALL
SELECT 'trigger ' || t.tgname FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = (:schema)::text::regnamespace AND NOT t.tgisinternal
UNION ALL
"""
    + OF_ROLE
)

SCRATCH = "t_000000000000"
# A CHECK or an index that comes back from a dump says the same with its casts elsewhere:
# (ARRAY['a'::character varying])::text[] or ARRAY[('a'::character varying)::text].
CAST_EACH = re.compile(r"\(('[^']*'::character varying)\)::text")
CAST_ALL = re.compile(r"\((ARRAY\[[^]]*\])\)::text\[\]")


@dataclass(frozen=True)
class Difference:
    """What a schema has too much or lacks, as readable lines starting with + or −."""

    schema: str
    lines: tuple[str, ...]


def facts(connection: Connection, schema: str) -> set[str]:
    """Description of a schema, with its own name replaced, so that two communes can be compared."""
    rows = connection.execute(FACTS, {"schema": schema}).scalars()
    return {CAST_ALL.sub(r"\1", CAST_EACH.sub(r"\1", row)).replace(schema, "SCHEMA") for row in rows}


def expected_facts(provisioner: Provisioner, modules: Iterable[str]) -> set[str]:
    """Description of what a schema with these modules should be: built in a transaction and rolled back."""
    with provisioner.engines.owner.connect() as connection:
        transaction = connection.begin()
        try:
            name = SCRATCH
            provisioner.set_up_role(connection, name, provisioner.engines.keys.current)
            provisioner.create_schema(connection, name)
            for module in modules:
                provisioner.create_tables(connection, name, module)
            return facts(connection, name)
        finally:
            transaction.rollback()


def present_modules(connection: Connection, schema: str, plan: SchemaPlan) -> list[str]:
    """Modules whose tables a schema has, whether switched on or not."""
    path = sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(schema))
    connection.exec_driver_sql(path.as_string())
    revisions = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars()
    found = {plan.branch_of(revision) for revision in revisions}
    return sorted(found, key=lambda module: (module != "core", module))


def check_all(engines: Engines, provisioner: Provisioner, schemas: Iterable[str]) -> list[Difference]:
    """Compare every schema with what it should be; an empty list when all is well."""
    expected: dict[tuple[str, ...], set[str]] = {}
    differences = []
    for schema in schemas:
        with engines.owner.begin() as connection:
            modules = tuple(present_modules(connection, schema, provisioner.plan))
            found = facts(connection, schema)
        if modules not in expected:
            expected[modules] = expected_facts(provisioner, modules)
        wanted = expected[modules]
        lines = [f"+ {line}" for line in sorted(found - wanted)] + [f"− {line}" for line in sorted(wanted - found)]
        if lines:
            differences.append(Difference(schema, tuple(lines)))
    return differences


def changed_roles(engines: Engines, provisioner: Provisioner, schemas: Iterable[str]) -> set[str]:
    """Schemas whose role has not the rights or the settings that it was made with."""
    with engines.owner.connect() as connection:
        transaction = connection.begin()
        try:
            provisioner.set_up_role(connection, SCRATCH, engines.keys.current)
            wanted = _role_facts(connection, SCRATCH)
        finally:
            transaction.rollback()
        return {schema for schema in schemas if _role_facts(connection, schema) != wanted}


def _role_facts(connection: Connection, role: str) -> set[str]:
    rows = connection.execute(ROLE_FACTS, {"schema": role}).scalars()
    return {row.replace(role, "SCHEMA") for row in rows}
