-- title: a history table keeps old rows as JSON, readable by all
-- kind: hole
-- expect: A09|A01|A16
-- also: D03 D04 D05
-- object: hist.contract_history
-- logins: legal_web
-- proof: role=legal_web
create role legal_owner nologin;
create role legal_web login;
create schema hist authorization legal_owner;
grant usage on schema hist to legal_web;
set role legal_owner;
create table hist.contract (
  id uuid primary key default gen_random_uuid(),
  mandant int not null,
  text text not null
);
create index on hist.contract (mandant);
create table hist.contract_history (
  contract_id uuid not null references hist.contract on delete cascade,
  changed_at timestamptz not null default now(),
  old_row jsonb not null,
  primary key (contract_id, changed_at)
);
create function hist.keep() returns trigger language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  insert into hist.contract_history (contract_id, old_row) values (old.id, to_jsonb(old));
  return new;
end $$;
create trigger contract_history before update on hist.contract for each row execute function hist.keep();
alter table hist.contract enable row level security;
alter table hist.contract force row level security;
create policy contract_mandant on hist.contract using (mandant = (select nullif(current_setting('legal.mandant', true), '')::int));
grant select, insert, update, delete on hist.contract to legal_web;
grant select, insert on hist.contract_history to legal_web;
reset role;

-- @data
insert into hist.contract values ('bbbbbbbb-0000-4000-8000-000000000002', 2, 'old');
update hist.contract set text = 'new';
-- @exploit
select set_config('legal.mandant', '1', true);
select old_row from hist.contract_history;
