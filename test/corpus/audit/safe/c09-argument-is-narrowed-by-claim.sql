-- title: a definer function takes the organization from the claim and ignores another argument
-- kind: safe
-- logins: app_authenticator
-- proof: role=app_authenticator
create role app_owner nologin;
create role app_visitor nologin;
create role app_authenticator login noinherit;
grant app_visitor to app_authenticator;
create schema app_public authorization app_owner;
create schema app_private authorization app_owner;
grant usage on schema app_public to app_visitor;
set role app_owner;
create table app_private.document (
  org_id int not null,
  id uuid not null default gen_random_uuid(),
  title text not null,
  primary key (org_id, id)
);
create function app_public.documents_of(org_id int) returns table (id uuid, title text)
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as $$ select d.id, d.title from app_private.document d where d.org_id = documents_of.org_id
       and d.org_id = nullif(current_setting('jwt.claims.org_id', true), '')::int $$;
revoke execute on function app_public.documents_of(int) from public;
grant execute on function app_public.documents_of(int) to app_visitor;
reset role;

-- @data
insert into app_private.document (org_id, title) values (1, 'a'), (2, 'b');
-- @exploit
set local role app_visitor;
select set_config('jwt.claims.org_id', '1', true);
select 1 from app_public.documents_of(2);
