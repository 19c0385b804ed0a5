-- title: a barrier view joins documents with the caller's memberships
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
create table app_private.member (
  company_ref int not null,
  user_id int not null,
  primary key (company_ref, user_id)
);
create table app_private.document (
  company_ref int not null,
  id uuid not null default gen_random_uuid(),
  number text not null,
  primary key (company_ref, id)
);
create view app_public.my_document with (security_barrier) as
  select d.company_ref, d.id, d.number from app_private.document d
  where exists (select from app_private.member m where m.company_ref = d.company_ref
                and m.user_id = (select nullif(current_setting('jwt.claims.user_id', true), '')::int));
grant select on app_public.my_document to app_visitor;
reset role;

-- @data
insert into app_private.member values (1, 11);
insert into app_private.document (company_ref, number) values (1, '5'), (2, 'secret-number');
-- @exploit
set local role app_visitor;
select set_config('jwt.claims.user_id', '11', true);
create temp table said (message text);
do $$ begin perform count(*) from app_public.my_document where number::int > 0; exception when others then insert into said values (sqlerrm); end $$;
select 1 from said where message like '%secret-number%';
