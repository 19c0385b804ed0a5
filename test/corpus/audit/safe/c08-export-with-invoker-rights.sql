-- title: an export function runs with the caller's rights
-- kind: safe
-- logins: authenticator
-- proof: role=authenticator
create role web_anon nologin;
create role web_user nologin;
create role authenticator login noinherit;
grant web_anon, web_user to authenticator;
create role data_owner nologin;
create role exporter nologin bypassrls;
create schema data authorization data_owner;
create schema api authorization exporter;
grant usage on schema data to exporter;
grant usage on schema api, data to web_user;
set role data_owner;
create table data.visit (
  site text not null check (site <> ''),
  id bigint generated always as identity,
  ip inet not null,
  primary key (site, id)
);
alter table data.visit enable row level security;
alter table data.visit force row level security;
create policy visit_site on data.visit using (site = (select nullif(current_setting('request.jwt.claims', true), '')::json ->> 'site'));
grant select on data.visit to exporter, web_user;
set role exporter;
create function api.export() returns json language sql stable security invoker set search_path = pg_catalog, pg_temp
  as $$ select json_agg(v) from data.visit v $$;
revoke execute on function api.export() from public;
grant execute on function api.export() to web_user;
reset role;

-- @data
insert into data.visit (site, ip) values ('a', '192.0.2.1'), ('b', '192.0.2.2');
-- @exploit
set local role web_user;
select set_config('request.jwt.claims', '{"site":"a"}', true);
select 1 where api.export()::text like '%192.0.2.2%';
