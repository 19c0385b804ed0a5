-- title: without a context the demo tenant is served, which is a paying customer by now
-- kind: hole
-- expect: B08
-- object: public.reports
-- logins: app
create role report_owner nologin;
create role app login;
grant create on schema public to report_owner;
grant usage on schema public to app;
set role report_owner;
create table public.reports (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  title text not null,
  primary key (tenant_id, id)
);
alter table public.reports enable row level security;
alter table public.reports force row level security;
create policy reports_tenant on public.reports
  using (tenant_id = coalesce((select nullif(current_setting('app.tenant_id', true), '')::int), 1));
grant select, insert, update, delete on public.reports to app;
reset role;
revoke create on schema public from report_owner;

-- @data
insert into reports (tenant_id, title) values (1, 'q1'), (2, 'q2');
-- @exploit
select 1 from reports where tenant_id = 1;
