-- Tenants, where their vectors live, and their texts.
-- Every table with tenant rows: tenant_id first in the key, row security forced, one policy that names the tenant of the
-- transaction. `current_setting(..., true)` is NULL on a fresh connection and '' on a recycled one; neither equals a tenant id,
-- because the domain admits no empty string, so both see nothing. No cast: garbage gives an empty set, not an error.
-- The sub-select makes PostgreSQL read the setting once per statement.

create domain tenant_id as text collate "C" check (value ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$');

create table tenants (
  tenant_id tenant_id primary key,
  name text not null,
  tier text not null,
  created_at timestamptz not null
);

create table vector_indexes (
  index_name text primary key,
  namespace_limit integer not null check (namespace_limit > 0),
  operating_limit integer not null check (operating_limit between 1 and namespace_limit),
  alert_at integer not null check (alert_at between 1 and operating_limit),
  created_at timestamptz not null
);

create table placements (
  tenant_id tenant_id primary key references tenants,
  index_name text not null references vector_indexes,
  namespace text not null,
  placed_at timestamptz not null,
  unique (index_name, namespace)
);

create table capacity_events (
  event_id integer generated always as identity primary key,
  at timestamptz not null,
  index_name text not null,
  namespaces integer not null,
  event text not null check (event in ('alert', 'provision-started', 'index-ready', 'placement-refused'))
);

create table documents (
  tenant_id tenant_id not null references tenants,
  document_id text not null,
  title text not null,
  sha256 text not null,
  words integer not null,
  created_at timestamptz not null,
  primary key (tenant_id, document_id)
);

create table chunks (
  tenant_id tenant_id not null,
  chunk_id text not null,
  document_id text not null,
  ordinal integer not null,
  body text not null,
  tokens integer not null,
  primary key (tenant_id, chunk_id),
  foreign key (tenant_id, document_id) references documents (tenant_id, document_id) on delete cascade
);

create index on chunks (tenant_id, document_id);

-- What the namespace weighs, kept beside the texts: the store bills reads by it.
create table namespace_sizes (
  tenant_id tenant_id primary key references tenants,
  records integer not null check (records >= 0),
  bytes bigint not null check (bytes >= 0)
);

do $$
declare
  tenant_table text;
begin
  foreach tenant_table in array array['tenants', 'placements', 'documents', 'chunks', 'namespace_sizes'] loop
    execute format('alter table %I enable row level security', tenant_table);
    execute format('alter table %I force row level security', tenant_table);
  end loop;
end
$$;

create policy tenant_reads on tenants for select to {{app}}
  using (tenant_id = (select current_setting('tenantbench.tenant_id', true)));
create policy tenant_reads on placements for select to {{app}}
  using (tenant_id = (select current_setting('tenantbench.tenant_id', true)));
create policy tenant_rows on documents to {{app}}
  using (tenant_id = (select current_setting('tenantbench.tenant_id', true)))
  with check (tenant_id = (select current_setting('tenantbench.tenant_id', true)));
create policy tenant_rows on chunks to {{app}}
  using (tenant_id = (select current_setting('tenantbench.tenant_id', true)))
  with check (tenant_id = (select current_setting('tenantbench.tenant_id', true)));
create policy tenant_rows on namespace_sizes to {{app}}
  using (tenant_id = (select current_setting('tenantbench.tenant_id', true)))
  with check (tenant_id = (select current_setting('tenantbench.tenant_id', true)));

-- The operator signs tenants up and places them; of their content it sees nothing.
create policy operator_all on tenants to {{operator}} using (true) with check (true);
create policy operator_all on placements to {{operator}} using (true) with check (true);
create policy operator_reads on namespace_sizes for select to {{operator}} using (true);

grant select on tenants, placements to {{app}};
grant select, insert, update, delete on documents, chunks, namespace_sizes to {{app}};
grant select, insert, update on tenants, placements to {{operator}};
grant select on namespace_sizes to {{operator}};
grant select, insert on vector_indexes, capacity_events to {{operator}};
