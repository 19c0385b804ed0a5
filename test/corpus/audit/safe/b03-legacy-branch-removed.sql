-- title: quoted and Unicode names, one policy, no branch beside the tenant
-- kind: safe
-- logins: dienst
-- proof: role=dienst
create role eigner nologin;
create role dienst login;
create schema "Buchhaltung" authorization eigner;
grant usage on schema "Buchhaltung" to dienst;
set role eigner;
create function "Buchhaltung".mandant() returns int language sql stable
  set search_path = pg_catalog
  as $$ select nullif(current_setting('buchhaltung.mandant', true), '')::int $$;
create table "Buchhaltung"."Beleg" (
  "Mandant" int not null,
  "Nummer" int not null,
  "Größe" numeric(10, 2) not null,
  "Angelegt" date not null,
  primary key ("Mandant", "Nummer")
);
alter table "Buchhaltung"."Beleg" enable row level security;
alter table "Buchhaltung"."Beleg" force row level security;
create policy "Nur eigener Mandant" on "Buchhaltung"."Beleg"
  using ("Mandant" = (select "Buchhaltung".mandant()))
  with check ("Mandant" = (select "Buchhaltung".mandant()));
grant select, insert, update, delete on "Buchhaltung"."Beleg" to dienst;
reset role;

-- @data
insert into "Buchhaltung"."Beleg" values (1, 1, 10.5, '2018-05-01'), (2, 1, 99, '2018-06-01');
-- @exploit
select set_config('buchhaltung.mandant', '1', true);
select * from "Buchhaltung"."Beleg" where "Mandant" = 2;
