-- title: a history table follows the contract it belongs to
-- kind: safe
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
alter table hist.contract_history enable row level security;
alter table hist.contract_history force row level security;
create policy history_of_contract on hist.contract_history
  using (exists (select from hist.contract c where c.id = contract_history.contract_id
                 and c.mandant = (select nullif(current_setting('legal.mandant', true), '')::int)));
create policy contract_mandant on hist.contract using (mandant = (select nullif(current_setting('legal.mandant', true), '')::int));
grant select, insert, update, delete on hist.contract to legal_web;
grant select, insert on hist.contract_history to legal_web;
reset role;

-- @data
insert into hist.contract values ('bbbbbbbb-0000-4000-8000-000000000002', 2, 'old');
update hist.contract set text = 'new';
-- @works
select set_config('legal.mandant', '2', true);
update hist.contract set text = 'newer';
select 1 from hist.contract_history where old_row ->> 'text' = 'new';
-- @exploit
select set_config('legal.mandant', '1', true);
select old_row from hist.contract_history;
