-- title: a definer view whose owner is forced, with a policy for everybody
-- kind: safe
-- logins: app
create role own nologin;
create role app login;
create schema data authorization own;
create schema api authorization own;
grant usage on schema api to app;
set role own;
create table data.invoice (
  org_id uuid not null,
  no int not null,
  cents bigint not null,
  note text,
  primary key (org_id, no)
);
alter table data.invoice enable row level security;
alter table data.invoice force row level security;
create policy invoice_org on data.invoice using (org_id = (select nullif(current_setting('app.org_id', true), '')::uuid));
create view api.invoice as select org_id, no, cents from data.invoice;
create view api.invoice_total as select org_id, sum(cents) as cents from api.invoice group by org_id;
grant select on api.invoice, api.invoice_total to app;
reset role;

-- @data
insert into data.invoice values ('aaaaaaaa-0000-4000-8000-000000000001', 1, 1), ('bbbbbbbb-0000-4000-8000-000000000002', 1, 2);
-- @works
select set_config('app.org_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select 1 from api.invoice_total;
-- @exploit
select set_config('app.org_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select 1 from api.invoice_total where org_id = 'bbbbbbbb-0000-4000-8000-000000000002';
