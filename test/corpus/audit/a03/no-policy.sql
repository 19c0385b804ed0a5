-- title: row security is on, but no policy lets anyone in
-- kind: hole
-- expect: A03
-- object: public.drafts
-- logins: app
-- proof: role=superuser
create role draft_owner nologin;
create role app login;
grant create on schema public to draft_owner;
grant usage on schema public to app;
set role draft_owner;
create table public.drafts (
  tenant_id int not null,
  id uuid not null default gen_random_uuid(),
  text text not null,
  primary key (tenant_id, id)
);
alter table public.drafts enable row level security;
alter table public.drafts force row level security;
grant select, insert, update, delete on public.drafts to app;
reset role;
revoke create on schema public from draft_owner;

-- @data
insert into drafts (tenant_id, text) values (1, 'x');
-- @exploit
set local role app;
select set_config('app.tenant_id', '1', true);
select 1 where not exists (select from drafts);
