-- title: quoted and Unicode names throughout, with a text key and a unique index led by it
-- kind: safe
-- logins: "Anwendung"
-- proof: role="Anwendung"
create role "Eigentümer" nologin;
create role "Anwendung" login;
create schema "Verträge" authorization "Eigentümer";
grant usage on schema "Verträge" to "Anwendung";
set role "Eigentümer";
create table "Verträge"."Vertrag" (
  "Mandant" text not null check ("Mandant" <> ''),
  "Nr." int not null,
  "Titel «kurz»" text not null,
  primary key ("Mandant", "Nr.")
);
create unique index "Titel je Mandant" on "Verträge"."Vertrag" ("Mandant", lower("Titel «kurz»"));
alter table "Verträge"."Vertrag" enable row level security;
alter table "Verträge"."Vertrag" force row level security;
create policy "nur der eigene Mandant" on "Verträge"."Vertrag" using ("Mandant" = (select current_setting('vertrag.mandant', true)));
grant select, insert, update, delete on "Verträge"."Vertrag" to "Anwendung";
reset role;

-- @data
insert into "Verträge"."Vertrag" values ('a', 1, 'x'), ('b', 1, 'x');
-- @works
select set_config('vertrag.mandant', 'a', true);
select 1 from "Verträge"."Vertrag";
-- @exploit
select set_config('vertrag.mandant', 'a', true);
select 1 from "Verträge"."Vertrag" where "Mandant" = 'b';
