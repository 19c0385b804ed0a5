-- title: a phone number is a key within its account
-- kind: safe
-- logins: sms
-- proof: role=sms
create role sms_owner nologin;
create role sms login;
create schema sms authorization sms_owner;
grant usage on schema sms to sms;
set role sms_owner;
create table sms.subscriber (
  account text not null check (account <> ''),
  phone text not null,
  since date not null default current_date,
  primary key (account, phone)
);
alter table sms.subscriber enable row level security;
alter table sms.subscriber force row level security;
create policy subscriber_account on sms.subscriber using (account = (select current_setting('sms.account', true)));
grant select, insert, update, delete on sms.subscriber to sms;
reset role;

-- @data
insert into sms.subscriber values ('b', '+491');
-- @exploit
select set_config('sms.account', 'a', true);
insert into sms.subscriber values ('a', '+491') on conflict do nothing;
select 1 where not exists (select from sms.subscriber where phone = '+491');
