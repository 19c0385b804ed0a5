-- Usage, charges and the ledger are tenant data: forced row security like the texts. All three are append-only for everybody.

create table usage_events (
  tenant_id tenant_id not null references tenants,
  idempotency_key text not null,
  request_id text not null,
  attempt integer not null check (attempt > 0),
  operation text not null,
  provider text not null,
  sku text not null,
  outcome text not null check (outcome in ('completed', 'aborted')),
  estimated boolean not null,
  quantities jsonb not null,
  occurred_at timestamptz not null,
  recorded_at timestamptz not null,
  primary key (tenant_id, idempotency_key)
);

create index on usage_events (tenant_id, occurred_at);

create table charges (
  tenant_id tenant_id not null,
  idempotency_key text not null,
  unit text not null,
  component text not null,
  price_book text not null,
  quantity numeric not null check (quantity >= 0),
  amount_pico_usd numeric(38, 0) not null,
  primary key (tenant_id, idempotency_key, unit),
  foreign key (tenant_id, idempotency_key) references usage_events (tenant_id, idempotency_key)
);

create table ledger (
  tenant_id tenant_id not null references tenants,
  month text not null check (month ~ '^\d{4}-\d{2}$'),
  component text not null,
  method text not null,
  amount_pico_usd numeric(38, 0) not null,
  posted_at timestamptz not null,
  primary key (tenant_id, month, component, method)
);

do $$
declare
  cost_table text;
begin
  foreach cost_table in array array['usage_events', 'charges', 'ledger'] loop
    execute format('alter table %I enable row level security', cost_table);
    execute format('alter table %I force row level security', cost_table);
  end loop;
end
$$;

create policy tenant_reads on usage_events for select to {{app}}
  using (tenant_id = (select current_setting('tenantbench.tenant_id', true)));
create policy tenant_adds on usage_events for insert to {{app}}
  with check (tenant_id = (select current_setting('tenantbench.tenant_id', true)));
create policy tenant_reads on charges for select to {{app}}
  using (tenant_id = (select current_setting('tenantbench.tenant_id', true)));
create policy tenant_reads on ledger for select to {{app}}
  using (tenant_id = (select current_setting('tenantbench.tenant_id', true)));
create policy operator_reads on usage_events for select to {{operator}} using (true);
create policy operator_reads on charges for select to {{operator}} using (true);
create policy operator_adds on charges for insert to {{operator}} with check (true);
create policy operator_reads on ledger for select to {{operator}} using (true);
create policy operator_adds on ledger for insert to {{operator}} with check (true);

grant select, insert on usage_events to {{app}};
grant select on charges, ledger to {{app}};
grant select on usage_events to {{operator}};
grant select, insert on charges, ledger to {{operator}};
