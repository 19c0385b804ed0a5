-- A tier is a row of defaults; a tenant's row holds what differs, NULL where the tier decides. Either is changed by UPDATE and
-- listeners are told: a tenant by its hash, a tier by an empty word, which means everybody. Prompt templates belong to the tenant,
-- who may change them; what they may say is checked when they are read, not here.

create table tiers (
  tier text primary key check (tier <> ''),
  version integer not null default 1,
  model text check (model <> ''),
  top_k integer check (top_k between 1 and 100),
  rerank boolean,
  temperature numeric(3, 2) check (temperature between 0 and 2),
  max_output_tokens integer check (max_output_tokens between 1 and 32768),
  prompt_template text check (prompt_template <> ''),
  monthly_budget_usd numeric check (monthly_budget_usd >= 0 and monthly_budget_usd < 'Infinity'),
  changed_at timestamptz not null
);

create table tier_history (
  tier text not null references tiers,
  version integer not null,
  changed_by text not null,
  config jsonb not null,
  primary key (tier, version)
);

alter table tenant_configs
  alter column model drop not null,
  alter column top_k drop not null,
  alter column rerank drop not null,
  alter column temperature drop not null,
  alter column temperature drop default,
  alter column max_output_tokens drop not null,
  alter column max_output_tokens drop default,
  alter column prompt_template drop not null,
  alter column prompt_template drop default,
  add column prompt_values jsonb not null default '{}' check (jsonb_typeof(prompt_values) = 'object');

create table prompt_templates (
  tenant_id tenant_id not null references tenants,
  name text not null check (name ~ '^[a-z][a-z0-9-]{0,40}$' and name <> 'default'),
  version integer not null default 1,
  body text not null check (length(body) between 1 and 4000),
  slots jsonb not null check (jsonb_typeof(slots) = 'object'),
  changed_at timestamptz not null,
  primary key (tenant_id, name)
);

alter table prompt_templates enable row level security;
alter table prompt_templates force row level security;
create policy tenant_rows on prompt_templates to {{app}}
  using (tenant_id = (select current_setting('tenantbench.tenant_id', true)))
  with check (tenant_id = (select current_setting('tenantbench.tenant_id', true)));

-- The tenant's own value where there is one, else its tier's, else what has always been. It runs with the rights of who asks.
create view effective_tenant_configs with (security_invoker = true) as
select
  configs.tenant_id,
  configs.version,
  coalesce(tiers.version, 0) as tier_version,
  coalesce(configs.model, tiers.model) as model,
  coalesce(configs.top_k, tiers.top_k) as top_k,
  coalesce(configs.rerank, tiers.rerank) as rerank,
  coalesce(configs.temperature, tiers.temperature, 0) as temperature,
  coalesce(configs.max_output_tokens, tiers.max_output_tokens, 1024) as max_output_tokens,
  coalesce(configs.prompt_template, tiers.prompt_template, 'default') as prompt_template,
  configs.prompt_values,
  coalesce(configs.monthly_budget_usd, tiers.monthly_budget_usd) as monthly_budget_usd
from tenant_configs as configs
join tenants using (tenant_id)
left join tiers on tiers.tier = tenants.tier;

create function next_version() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  new.version := old.version + 1;
  return new;
end
$$;

create function tier_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  insert into tier_history (tier, version, changed_by, config) values (new.tier, new.version, session_user, to_jsonb(new));
  perform pg_notify('tenantbench_config', '');
  return null;
end
$$;

create function prompt_template_changed() returns trigger language plpgsql set search_path = pg_catalog, public as $$
begin
  perform pg_notify('tenantbench_config', encode(sha256(convert_to(coalesce(new.tenant_id, old.tenant_id), 'UTF8')), 'hex'));
  return null;
end
$$;

create trigger tier_version before update on tiers for each row execute function next_version();
create trigger tier_changed after insert or update on tiers for each row execute function tier_changed();
create trigger prompt_template_version before update on prompt_templates for each row execute function next_version();
create trigger prompt_template_changed after insert or update or delete on prompt_templates
  for each row execute function prompt_template_changed();

grant select on tiers, effective_tenant_configs to {{app}};
grant select, insert, update, delete on prompt_templates to {{app}};
grant select, insert, update on tiers to {{operator}};
grant select, insert on tier_history to {{operator}};
grant select on effective_tenant_configs to {{operator}};
