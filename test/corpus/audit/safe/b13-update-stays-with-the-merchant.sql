-- title: rows are updated within their wallet
-- kind: safe
-- logins: wallet_api
-- proof: role=wallet_api
create role wallet_owner nologin;
create role wallet_api login;
create schema wallet authorization wallet_owner;
grant usage on schema wallet to wallet_api;
set role wallet_owner;
create table wallet.voucher (
  merchant uuid not null,
  code text not null,
  cents int not null check (cents > 0),
  primary key (merchant, code)
);
alter table wallet.voucher enable row level security;
alter table wallet.voucher force row level security;
create policy voucher_read on wallet.voucher for select using (merchant = (select nullif(current_setting('wallet.merchant', true), '')::uuid));
create policy voucher_add on wallet.voucher for insert with check (merchant = (select nullif(current_setting('wallet.merchant', true), '')::uuid));
create policy voucher_change on wallet.voucher for update
  using (merchant = (select nullif(current_setting('wallet.merchant', true), '')::uuid)) with check (merchant = (select nullif(current_setting('wallet.merchant', true), '')::uuid) and cents <= 100000);
grant select, insert, update on wallet.voucher to wallet_api;
reset role;

-- @data
insert into wallet.voucher values ('aaaaaaaa-0000-4000-8000-000000000001', 'X', 5);
-- @exploit
select set_config('wallet.merchant', 'aaaaaaaa-0000-4000-8000-000000000001', true);
update wallet.voucher set merchant = 'bbbbbbbb-0000-4000-8000-000000000002';
-- @exploit role=superuser
select 1 from wallet.voucher where merchant = 'bbbbbbbb-0000-4000-8000-000000000002';
