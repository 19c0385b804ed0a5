-- Charges and ledger as double entry. A posting is one closing or correction of a month; its lines and its counterparts add up to
-- nothing, which the database itself holds to. A month is corrected by another posting, in the period in which it is made; nothing
-- is ever rewritten. Charges are a tenant's use of a product on a day and its price; single events are in usage_events.

alter table usage_events add column service text not null default 'standard' check (service in ('standard', 'batch', 'flex', 'priority'));
alter table usage_events drop constraint usage_events_outcome_check;
alter table usage_events add check (outcome in ('completed', 'aborted', 'timed-out', 'refused', 'cache-hit'));
create index on usage_events (occurred_at);

drop table charges;
drop table ledger;

create table postings (
  posting_id text primary key,
  usage_month text not null check (usage_month ~ '^\d{4}-\d{2}$'),
  period text not null check (period ~ '^\d{4}-\d{2}$' and period >= usage_month),
  kind text not null check (kind in ('close', 'correction')),
  price_book text not null,
  price_book_sha256 text not null,
  posted_at timestamptz not null,
  transaction_id xid8 not null default pg_current_xact_id()
);

create table charges (
  tenant_id tenant_id not null references tenants,
  posting_id text not null references postings,
  day date not null,
  provider text not null,
  sku text not null,
  service text not null,
  unit text not null,
  component text not null,
  quantity_numerator numeric(60, 0) not null,
  quantity_denominator numeric(40, 0) not null check (quantity_denominator > 0),
  amount_pico_usd numeric(38, 0) not null,
  primary key (tenant_id, posting_id, day, provider, sku, service, unit, component, quantity_denominator)
);

create table ledger (
  tenant_id tenant_id not null references tenants,
  posting_id text not null references postings,
  month text not null check (month ~ '^\d{4}-\d{2}$'),
  component text not null,
  method text not null,
  ratio_numerator numeric not null,
  ratio_denominator numeric not null check (ratio_denominator > 0),
  amount_pico_usd numeric(38, 0) not null,
  posted_at timestamptz not null,
  primary key (tenant_id, posting_id, component, method)
);

-- The other side: what is owed to providers, and what no tenant carries. The operator's alone.
create table ledger_counterparts (
  posting_id text not null references postings,
  account text not null check (account in ('provider', 'unallocated')),
  component text not null,
  amount_pico_usd numeric(38, 0) not null,
  primary key (posting_id, account, component)
);

do $$
declare
  cost_table text;
begin
  foreach cost_table in array array['charges', 'ledger', 'postings', 'ledger_counterparts'] loop
    execute format('alter table %I enable row level security', cost_table);
    execute format('alter table %I force row level security', cost_table);
  end loop;
end
$$;

create policy tenant_reads on charges for select to {{app}}
  using (tenant_id = (select current_setting('tenantbench.tenant_id', true)));
create policy tenant_reads on ledger for select to {{app}}
  using (tenant_id = (select current_setting('tenantbench.tenant_id', true)));
create policy operator_reads on charges for select to {{operator}} using (true);
create policy operator_reads on ledger for select to {{operator}} using (true);
create policy operator_reads on postings for select to {{operator}} using (true);
create policy operator_reads on ledger_counterparts for select to {{operator}} using (true);
create policy operator_adds on postings for insert to {{operator}} with check (transaction_id = pg_current_xact_id());
-- Lines belong to the posting that is being made: what was posted before takes no more.
create policy operator_adds on charges for insert to {{operator}}
  with check (posting_id = (select made.posting_id from postings as made where made.transaction_id = pg_current_xact_id()));
create policy operator_adds on ledger for insert to {{operator}}
  with check (posting_id = (select made.posting_id from postings as made where made.transaction_id = pg_current_xact_id()));
create policy operator_adds on ledger_counterparts for insert to {{operator}}
  with check (posting_id = (select made.posting_id from postings as made where made.transaction_id = pg_current_xact_id()));

grant select on charges, ledger to {{app}};
grant select, insert on charges, ledger, postings, ledger_counterparts to {{operator}};

create function posting_balances() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp
as $$
declare
  off_by numeric;
begin
  select coalesce((select sum(amount_pico_usd) from ledger where posting_id = new.posting_id), 0)
    + coalesce((select sum(amount_pico_usd) from ledger_counterparts where posting_id = new.posting_id), 0) into off_by;
  if off_by <> 0 then
    raise exception 'posting % does not balance: off by % pico-dollars', new.posting_id, off_by using errcode = '23514';
  end if;
  return null;
end
$$;

create constraint trigger posting_balances after insert on postings
  deferrable initially deferred for each row execute function posting_balances();
