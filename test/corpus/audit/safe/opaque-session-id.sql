-- title: an opaque session id in a setting is resolved by a definer function
-- kind: safe
-- logins: app_authenticator
-- proof: role=app_authenticator
create role own nologin;
create role app_visitor nologin;
create role app_authenticator login noinherit;
grant app_visitor to app_authenticator;
create schema hidden authorization own;
create schema pub authorization own;
grant usage on schema pub to app_visitor;
set role own;
create table hidden.sessions (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null,
  expires_at timestamptz not null
);
create index on hidden.sessions (account_id);
create function pub.account() returns uuid language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $$
begin
  return (select s.account_id from hidden.sessions s
          where s.id = nullif(current_setting('jwt.claims.session_id', true), '')::uuid and s.expires_at > now());
end $$;
create table pub.order_ (
  account_id uuid not null,
  id uuid not null default gen_random_uuid(),
  cents bigint not null,
  primary key (account_id, id)
);
alter table pub.order_ enable row level security;
alter table pub.order_ force row level security;
create policy own_account on pub.order_ to app_visitor using (account_id = (select pub.account()));
grant select, insert, update, delete on pub.order_ to app_visitor;
reset role;

-- @data
insert into hidden.sessions values ('aaaaaaaa-0000-4000-8000-000000000011', 'aaaaaaaa-0000-4000-8000-000000000001', 'infinity');
insert into pub.order_ (account_id, cents) values ('aaaaaaaa-0000-4000-8000-000000000001', 1), ('bbbbbbbb-0000-4000-8000-000000000002', 2);
-- @works
set local role app_visitor;
select set_config('jwt.claims.session_id', 'aaaaaaaa-0000-4000-8000-000000000011', true);
select 1 from pub.order_;
-- @exploit
set local role app_visitor;
select set_config('jwt.claims.session_id', 'aaaaaaaa-0000-4000-8000-000000000001', true);
select 1 from pub.order_;
