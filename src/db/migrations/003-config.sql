-- A tenant's configuration is one row, changed by UPDATE. Each change gets the next version and is kept; listeners are told by
-- a hash of the tenant id, because NOTIFY has no privileges: whoever is logged in can hear every channel.

create table tenant_configs (
  tenant_id tenant_id primary key references tenants,
  version integer not null default 1,
  model text not null check (model <> ''),
  top_k integer not null check (top_k between 1 and 100),
  rerank boolean not null,
  temperature numeric(3, 2) not null default 0 check (temperature between 0 and 2),
  max_output_tokens integer not null default 1024 check (max_output_tokens between 1 and 32768),
  prompt_template text not null default 'default' check (prompt_template <> ''),
  monthly_budget_usd numeric check (monthly_budget_usd >= 0 and monthly_budget_usd < 'Infinity'),
  changed_at timestamptz not null
);

create table tenant_config_history (
  tenant_id tenant_id not null references tenants,
  version integer not null,
  changed_by text not null,
  config jsonb not null,
  primary key (tenant_id, version)
);

create function tenant_config_version() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  new.version := old.version + 1;
  return new;
end
$$;

create function tenant_config_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  insert into tenant_config_history (tenant_id, version, changed_by, config)
  values (new.tenant_id, new.version, session_user, to_jsonb(new));
  perform pg_notify('tenantbench_config', encode(sha256(convert_to(new.tenant_id, 'UTF8')), 'hex'));
  return null;
end
$$;

create trigger tenant_config_version before update on tenant_configs
  for each row execute function tenant_config_version();
create trigger tenant_config_changed after insert or update on tenant_configs
  for each row execute function tenant_config_changed();

do $$
declare
  config_table text;
begin
  foreach config_table in array array['tenant_configs', 'tenant_config_history'] loop
    execute format('alter table %I enable row level security', config_table);
    execute format('alter table %I force row level security', config_table);
  end loop;
end
$$;

create policy tenant_reads on tenant_configs for select to {{app}}
  using (tenant_id = (select current_setting('tenantbench.tenant_id', true)));
create policy operator_all on tenant_configs to {{operator}} using (true) with check (true);
create policy tenant_reads on tenant_config_history for select to {{app}}
  using (tenant_id = (select current_setting('tenantbench.tenant_id', true)));
create policy operator_reads on tenant_config_history for select to {{operator}} using (true);
create policy operator_adds on tenant_config_history for insert to {{operator}} with check (true);

grant select on tenant_configs, tenant_config_history to {{app}};
grant select, insert, update on tenant_configs to {{operator}};
grant select, insert on tenant_config_history to {{operator}};
