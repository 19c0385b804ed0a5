-- title: the account code is compared as a whole
-- kind: safe
-- logins: ledger_app
-- proof: role=ledger_app
create role ledger_owner nologin;
create role ledger_app login;
create schema ledger authorization ledger_owner;
grant usage on schema ledger to ledger_app;
set role ledger_owner;
create table ledger.posting (
  account_code text not null check (account_code <> ''),
  seq int not null,
  cents bigint not null,
  primary key (account_code, seq)
);
alter table ledger.posting enable row level security;
alter table ledger.posting force row level security;
create policy posting_account on ledger.posting
  using (account_code = (select nullif(current_setting('ledger.account', true), '')))
  with check (account_code = (select nullif(current_setting('ledger.account', true), '')));
grant select, insert, update, delete on ledger.posting to ledger_app;
reset role;

-- @data
insert into ledger.posting values ('acme', 1, 1), ('acme2', 1, 2);
-- @exploit
select set_config('ledger.account', 'acme', true);
select 1 from ledger.posting where account_code = 'acme2';
